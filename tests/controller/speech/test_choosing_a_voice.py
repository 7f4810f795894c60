"""Which voices there are, and what cannot be chosen."""

import sys
from pathlib import Path

import pytest

from controller.speech.errors import RateOutOfRange, SpeechError, VoiceUnknown
from controller.speech.espeak import EspeakVoice
from controller.speech.piper import PiperVoice, piper_files
from controller.speech.voice import VoiceChoice
from controller.speech.voices import Offer, catalogue, voice_for
from tests.controller.speech.test_every_voice import TEXT, seconds


@pytest.mark.parametrize(
    "wrong", [{"engine": "festival"}, {"accent": "west"}, {"gender": "child"}, {"engine": ""}, {"accent": None}]
)
def test_an_unknown_wish_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(VoiceUnknown):
        VoiceChoice(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0.59, 1.61, 0, -1, float("nan"), float("inf")])
def test_a_rate_beyond_the_bounds_is_refused(rate: float) -> None:
    with pytest.raises(RateOutOfRange):
        VoiceChoice(rate=rate)


def test_espeak_always_offers_three_accents_and_two_genders(tmp_path: Path) -> None:
    offers = catalogue(tmp_path / "none")
    assert len({(offer.accent, offer.gender) for offer in offers if offer.engine == "espeak"}) == 6
    assert all(
        isinstance(voice_for(VoiceChoice("espeak", o.accent, 1.0, o.gender), tmp_path), EspeakVoice) for o in offers
    )


def test_a_voice_file_with_its_config_is_offered_by_its_name(voices: Path, piper: tuple[str, ...]) -> None:
    assert catalogue(voices, piper)[6:] == (Offer("piper", "south", "male", "vi_VN-an-south_male"),)


def test_without_a_name_for_it_a_voice_counts_as_a_northern_woman(voices: Path) -> None:
    (voices / "half.onnx.json").write_text('{"audio": {"sample_rate": 22050}}', "utf-8")
    assert [(file.accent, file.gender) for file in piper_files(voices)] == [("north", "female"), ("south", "male")]


def test_a_chosen_piper_speaks_from_the_folder(voices: Path, piper: tuple[str, ...], tmp_path: Path) -> None:
    chosen = voice_for(VoiceChoice("piper", "south", 1.0, "male"), voices, piper)
    assert isinstance(chosen, PiperVoice)
    chosen.speak(TEXT, tmp_path / "said.wav")
    assert seconds(tmp_path / "said.wav") > 3


def test_a_piper_voice_that_is_not_there_is_refused(voices: Path, piper: tuple[str, ...]) -> None:
    with pytest.raises(VoiceUnknown):
        voice_for(VoiceChoice("piper", "north", 1.0, "female"), voices, piper)


@pytest.mark.parametrize(
    "config", ["", "{}", '{"audio": {"sample_rate": "fast"}}', '{"audio": {"sample_rate": 5}}', "[1]"]
)
def test_a_broken_config_is_refused_and_leaves_nothing(
    voices: Path, piper: tuple[str, ...], config: str, tmp_path: Path
) -> None:
    (voices / "vi_VN-an-south_male.onnx.json").write_text(config, "utf-8")
    with pytest.raises(VoiceUnknown):
        voice_for(VoiceChoice("piper", "south", 1.0, "male"), voices, piper).speak(TEXT, tmp_path / "said.wav")
    assert not list(tmp_path.glob("said*"))


def test_an_endless_piper_is_stopped_by_time(voices: Path, tmp_path: Path) -> None:
    endless = (sys.executable, "-I", "-c", "import sys\nwhile True: sys.stdout.buffer.write(b'\\1\\1' * 9000)")
    (file,) = piper_files(voices)
    with pytest.raises(SpeechError) as refused:
        PiperVoice(file, endless, time_s=0.7).speak(TEXT, tmp_path / "said.wav")
    assert refused.value.code == "speech_timeout"
    assert not list(tmp_path.glob("said*"))
