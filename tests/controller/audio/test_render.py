"""The finished clip: as loud as promised, below its ceiling, whole, understood, and the same each time."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from pystoi import stoi
from scipy.signal import resample_poly

from controller.audio.clip import closing_chime, opening_chime
from controller.audio.errors import EncodeFailed, NoDecodableAudio, SilentAudio
from controller.audio.pipeline import Rendered, render
from controller.audio.tools import AudioTools
from controller.audio.wavefile import FULL_SCALE
from tests.controller.audio.zoo import RATE, Maker, Sound, load, noise, save, speech_like, tone, wav_bytes

CHIMES_S = (len(opening_chime()) + len(closing_chime())) / RATE


def heard(opus: Path) -> Sound:
    """What a speaker hears: the Opus file decoded by another library, as one channel at our rate."""
    with av.open(str(opus)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        frames = [new for frame in container.decode(audio=0) for new in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]) / FULL_SCALE


def true_peak_db(sound: Sound) -> float:
    quiet = np.zeros(200)
    return float(20 * np.log10(np.abs(resample_poly(np.concatenate([quiet, sound, quiet]), 8, 1)).max()))


def assert_heard_as_rendered(made: Rendered) -> None:
    source, sound = load(made.wav), heard(made.opus)
    assert len(source) / RATE == pytest.approx(made.duration_ms / 1000, abs=0.001)
    assert len(sound) / RATE == pytest.approx(made.duration_ms / 1000, abs=0.1)
    shared = min(len(source), len(sound))
    assert stoi(source[:shared], sound[:shared], RATE) >= 0.97
    assert true_peak_db(source) < -2.4
    assert true_peak_db(sound) < -1


def spoken(path: Path, repeats: int) -> Path:
    """A Vietnamese weather bulletin by eSpeak NG, as a WAV; in a process of its own, as the library may crash."""
    pytest.importorskip("espeakng_loader")
    text = "Ủy ban nhân dân xã thông báo. Ngày mai có mưa lớn, đề nghị bà con chủ động phòng tránh. " * repeats
    request = json.dumps({"voice": "vi", "words_per_minute": 160, "pieces": [[text, 0]]})
    with path.open("wb") as sound:
        child = [sys.executable, "-m", "controller.speech.espeak_child"]
        subprocess.run(child, input=request.encode(), stdout=sound, stderr=subprocess.DEVNULL, check=True)
    return path


@pytest.mark.parametrize("chime", [True, False])
def test_real_speech_is_heard_as_it_was_rendered(chime: bool, maker: Maker, tools: AudioTools) -> None:
    made = render(spoken(maker.folder / "spoken.wav", repeats=2), maker.folder, tools, chime=chime)
    assert_heard_as_rendered(made)
    assert made.lufs == pytest.approx(-16, abs=0.5)
    assert made.lufs == pytest.approx(maker.loudness(made.wav)[0], abs=0.15)
    assert made.warnings == ()


def test_a_voice_from_numbers_is_heard_as_it_was_rendered(maker: Maker, tools: AudioTools) -> None:
    made = render(save(maker.folder / "a.wav", speech_like(12)), maker.folder, tools)
    assert_heard_as_rendered(made)
    assert made.duration_ms == pytest.approx(1000 * (12 + CHIMES_S), abs=1)


SOURCES = {
    "faint": speech_like(4, level=0.003),
    "loud": speech_like(4, level=0.9),
    "tone": tone(3, level=0.01),
    "noise": noise(3, level=0.3),
    "spikes": np.where(np.arange(4 * RATE) % 7000 < 30, 1.0, 0.04) * speech_like(4, level=0.3),
    "short": speech_like(0.3),
    "half silent": np.concatenate([speech_like(3), np.zeros(3 * RATE)]),
}


@pytest.mark.parametrize("name", SOURCES)
def test_everything_comes_out_equally_loud_below_the_ceiling(name: str, maker: Maker, tools: AudioTools) -> None:
    made = render(save(maker.folder / "a.wav", SOURCES[name]), maker.folder, tools, chime=False)
    sound = load(made.wav)
    repeated = save(maker.folder / "long.wav", np.tile(sound, 4) if name == "short" else sound)
    assert maker.loudness(repeated)[0] == pytest.approx(-16, abs={"short": 1.5, "spikes": 2.0}.get(name, 0.6))
    assert made.lufs == pytest.approx(-16, abs=2.0 if name == "spikes" else 0.6)
    assert true_peak_db(sound) < -2.4
    assert made.true_peak_db == pytest.approx(true_peak_db(sound), abs=0.2)
    assert true_peak_db(heard(made.opus)) < -1


def test_the_chime_stands_before_and_after(maker: Maker, tools: AudioTools) -> None:
    source = save(maker.folder / "a.wav", speech_like(3))
    plain = load(render(source, maker.folder, tools, chime=False).wav)
    chimed = load(render(source, maker.folder, tools).wav)
    opening, closing = opening_chime() / FULL_SCALE, closing_chime() / FULL_SCALE
    assert np.array_equal(chimed, np.concatenate([opening, plain, closing]))


@pytest.mark.parametrize("silent_s", [0.05, 0.9, 7.0, 23.4])
def test_leading_silence_is_cut_but_not_the_first_sound(silent_s: float, maker: Maker, tools: AudioTools) -> None:
    sound = np.concatenate([noise(silent_s, level=1e-4), speech_like(2)])
    made = render(save(maker.folder / "a.wav", sound), maker.folder, tools, chime=False)
    kept = made.duration_ms / 1000 - 2
    assert min(silent_s, 0.04) <= kept <= 0.35


@pytest.mark.parametrize("kind", ["mp3", "flac", "webm", "m4a", "wma"])
def test_every_kind_becomes_the_same_sound(kind: str, maker: Maker, tools: AudioTools) -> None:
    voice = speech_like(4, level=0.1, rate=48_000)
    source = maker.encode(f"a.{kind}", save(maker.folder / "a.wav", voice, 0.8 * voice, rate=48_000))
    made = render(source, maker.folder, tools, chime=False)
    assert made.duration_ms == pytest.approx(4000, abs=70)
    assert made.lufs == pytest.approx(-16, abs=0.5)


def test_the_same_source_gives_the_same_bytes(tmp_path: Path, tools: AudioTools) -> None:
    source, folders = save(tmp_path / "a.wav", speech_like(3)), (tmp_path / "one", tmp_path / "two")
    for folder in folders:
        folder.mkdir()
    one, two = (render(source, folder, tools) for folder in folders)
    assert one.opus.read_bytes() == two.opus.read_bytes()
    assert one.wav.read_bytes() == two.wav.read_bytes()
    assert (one.sha256, one.size) == (two.sha256, one.opus.stat().st_size)


def test_the_opus_file_is_one_channel_at_its_bit_rate(maker: Maker, tools: AudioTools) -> None:
    made = render(save(maker.folder / "a.wav", speech_like(20)), maker.folder, tools)
    with av.open(str(made.opus)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.channels) == ("opus", 1)
    assert made.size * 8 / (made.duration_ms / 1000) == pytest.approx(24_000, rel=0.25)


def test_only_the_two_finished_files_are_left(tmp_path: Path, tools: AudioTools) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    made = render(save(tmp_path / "a.wav", speech_like(1)), folder, tools)
    assert sorted(folder.iterdir()) == sorted([made.opus, made.wav])


@pytest.mark.parametrize(
    ("content", "error"), [(wav_bytes(bytes(200_000)), SilentAudio), (b"no sound\0", NoDecodableAudio)]
)
def test_what_is_refused_leaves_nothing(
    content: bytes, error: type[Exception], tmp_path: Path, tools: AudioTools
) -> None:
    source, folder = tmp_path / "a.wav", tmp_path / "clips"
    source.write_bytes(content)
    folder.mkdir()
    with pytest.raises(error):
        render(source, folder, tools)
    assert not list(folder.iterdir())


def test_a_full_disk_is_an_answer_and_leaves_nothing(tmp_path: Path, tools: AudioTools) -> None:
    """A file may not grow beyond this process's own limit, as if the disk were full there."""
    resource = pytest.importorskip("resource")
    source, folder = save(tmp_path / "a.wav", speech_like(8)), tmp_path / "clips"
    folder.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (50_000, 400_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            with pytest.raises(EncodeFailed):
                render(source, folder, tools)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not list(folder.iterdir())
    shutil.rmtree(folder)


def test_a_pause_that_somebody_cut_stays_a_pause(tmp_path: Path, tools: AudioTools) -> None:
    made = render(save(tmp_path / "pause.wav", np.zeros(RATE)), tmp_path, tools, chime=False)
    assert not load(made.wav).any()
    assert (made.duration_ms, made.warnings) == (1000, ("silent",))
