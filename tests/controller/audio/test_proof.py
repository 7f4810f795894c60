"""A clip that a speaker would play louder, or with a bang, than its WAV is never let out."""

from pathlib import Path

import numpy as np
import pytest

from controller.audio.encode import encode
from controller.audio.errors import EncodeFailed
from controller.audio.proof import Proof, prove
from controller.audio.tools import AudioTools
from tests.controller.audio.zoo import RATE, Maker, Sound, load, save, speech_like, tone

VOICE = speech_like(3, level=0.1)
PEAK = float(np.abs(VOICE).max())


def proof_of(encoded: Sound, claimed: Sound, maker: Maker, gain_db: float = 0.0) -> Proof:
    options = ("-c:a", "libopus", "-b:a", "32k")
    opus = maker.encode("clip.opus", save(maker.folder / "encoded.wav", encoded), *options)
    return prove(opus, save(maker.folder / "claimed.wav", claimed), float(np.abs(claimed).max()), gain_db)


def test_an_honest_clip_holds(maker: Maker) -> None:
    proof = proof_of(VOICE, VOICE, maker)
    assert proof.holds
    assert proof.seconds == pytest.approx(3, abs=0.01)


def test_a_clip_that_comes_out_louder_does_not(maker: Maker) -> None:
    assert not proof_of(2 * VOICE, VOICE, maker).holds
    assert proof_of(0.7 * VOICE, VOICE, maker, gain_db=-3).holds


def test_one_loud_moment_is_enough(maker: Maker) -> None:
    swollen = VOICE.copy()
    swollen[RATE : RATE + RATE // 5] *= 2.5
    assert not proof_of(swollen, VOICE, maker).holds


def test_a_bang_is_enough(maker: Maker) -> None:
    bang = VOICE.copy()
    bang[RATE : RATE + 24] += tone(0.001, hertz=1000, level=4 * PEAK)
    assert not proof_of(bang, VOICE, maker).holds


def test_even_a_bang_that_hardly_adds_loudness(maker: Maker) -> None:
    quiet = tone(3, hertz=300, level=0.12)
    quiet_with_bang = quiet.copy()
    quiet_with_bang[RATE : RATE + 48] += tone(0.002, hertz=2000, level=0.5)
    proof = proof_of(quiet_with_bang, quiet, maker)
    assert proof.surplus_db < 3 and proof.peak < 0.89
    assert not proof.holds


def test_nothing_passes_above_the_promised_peak(maker: Maker) -> None:
    loud = tone(1, hertz=400, level=0.97)
    assert not proof_of(loud, loud, maker).holds


def test_coding_noise_in_silence_is_no_fault(maker: Maker) -> None:
    assert proof_of(np.zeros(RATE), np.zeros(RATE), maker).holds
    assert proof_of(1e-4 * VOICE, np.zeros(len(VOICE)), maker).holds


def test_what_is_no_opus_is_an_answer(tmp_path: Path) -> None:
    broken = tmp_path / "clip.opus"
    broken.write_bytes(b"OggS" + bytes(100))
    with pytest.raises(EncodeFailed):
        prove(broken, save(tmp_path / "a.wav", VOICE), PEAK, 0.0)


def test_a_clip_too_near_full_scale_is_made_softer(tmp_path: Path, tools: AudioTools) -> None:
    """Its first encoding would exceed the promise; the clip that is let out does not."""
    wav = save(tmp_path / "loud.wav", tone(2, hertz=400, level=0.95))
    encode(wav, tmp_path / "loud.opus", 2.0, 0.95, tools)
    softer = prove(tmp_path / "loud.opus", wav, 0.95, 0.0)
    assert softer.holds
    assert softer.peak < np.abs(load(wav)).max()


def test_a_clip_that_no_way_makes_safe_is_not_let_out(tmp_path: Path, tools: AudioTools) -> None:
    wav = save(tmp_path / "square.wav", np.sign(tone(1, hertz=110)))
    with pytest.raises(EncodeFailed, match="peaks"):
        encode(wav, tmp_path / "square.opus", 1.0, 0.2, tools)
