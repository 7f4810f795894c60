"""From Ogg Opus to a WAV file: exact in length, shared, progressive, valid at every moment."""

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from firmware_sim.errors import DecodeFailed
from firmware_sim.loudness import gain
from firmware_sim.opus import RATE, decode, length
from firmware_sim.sinks import Run
from firmware_sim.sounds import Sound, Sounds
from firmware_sim.village.clips import opus_clip
from firmware_sim.wav_sink import PERIOD, WavSink, append, file_name

SECOND = 1_000_000


@pytest.mark.parametrize("seconds", [0.02, 0.5, 3.0, 3.337, 10.01])
def test_exactly_as_many_samples_as_were_encoded(seconds: float) -> None:
    clip = opus_clip(seconds)
    decoded = sum(len(piece) for piece in decode(clip))
    assert abs(decoded - round(seconds * RATE)) <= 1
    assert abs(length(clip) - decoded) <= 1


def test_it_sounds_as_it_was_meant() -> None:
    clip = np.concatenate(list(decode(opus_clip(2.0, 440.0)))).astype(float)
    spectrum = np.abs(np.fft.rfft(clip[RATE // 2 : RATE // 2 + RATE]))
    assert int(np.argmax(spectrum)) == 440
    assert 0.25 < np.abs(clip[RATE // 2 : -RATE // 2]).max() / 32_767 < 0.36


@pytest.mark.parametrize(
    "bad", [b"", b"no sound", b"OggS" + bytes(200), opus_clip(1.0)[:40]], ids=["empty", "words", "zeros", "torn"]
)
def test_what_is_no_sound(bad: bytes) -> None:
    with pytest.raises(DecodeFailed):
        Sound(bad)


def test_another_codec_in_ogg_is_no_sound() -> None:
    target = io.BytesIO()
    with av.open(target, "w", format="ogg") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4_096), np.int16), format="s16", layout="mono")
        frame.rate, frame.pts = RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(DecodeFailed):
        Sound(target.getvalue())


def test_reading_decodes_no_further_than_needed() -> None:
    sound = Sound(opus_clip(10.0))
    assert len(sound.read(0, 2_400)) == 2_400
    assert RATE // 2 < sound.ready < 2 * RATE + 1
    whole = sound.read(0, sound.length)
    assert len(whole) == sound.length == 10 * RATE
    assert np.array_equal(sound.read(50_000, 60_000), whole[50_000:60_000])


def test_sounds_are_shared_by_content_and_bounded() -> None:
    sounds = Sounds(kept=5 * RATE)
    asked = []

    def read(seconds: float):
        def bytes_of() -> bytes:
            asked.append(seconds)
            return opus_clip(seconds)

        return bytes_of

    first = sounds.open("a", read(2.0))
    assert sounds.open("a", read(2.0)) is first
    sounds.open("b", read(4.0))
    assert sounds.open("a", read(2.0)) is not first
    assert asked == [2.0, 4.0, 2.0]


def test_half_the_volume_is_12_db_less() -> None:
    assert (gain(0), gain(50), gain(100)) == (0.0, 0.25, 1.0)
    assert all(gain(one) < gain(one + 1) <= 1 for one in range(100))


# The WAV sink


def read_wav(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def run_of(sound: Sound, at: int, first: int = 0, last: int | None = None, volume: float = 1.0) -> Run:
    return Run("news", sound, at, first, sound.length if last is None else last, volume)


def test_it_writes_what_has_sounded_and_not_a_sample_more(tmp_path: Path) -> None:
    sink, sound = WavSink(tmp_path, "Loa 1"), Sound(opus_clip(3.0))
    sink.play(run_of(sound, at=SECOND))
    path = tmp_path / "Loa-1_news.wav"
    for mono in range(0, 5 * SECOND, PERIOD // 5):
        sink.advance(mono)
        heard = len(read_wav(path)) if path.exists() else 0
        due = max(0, min(sound.length, (mono - SECOND) * RATE // SECOND))
        assert due - PERIOD * RATE // SECOND - RATE // 5 <= heard <= due
    assert np.array_equal(read_wav(path), sound.read(0, sound.length))
    assert sink.next_wakeup() is None


def test_a_stop_ends_the_file_there(tmp_path: Path) -> None:
    sink, sound = WavSink(tmp_path, "loa"), Sound(opus_clip(3.0))
    run = run_of(sound, at=0)
    sink.play(run)
    sink.advance(600_000)
    sink.stop(1_000_000)
    sink.advance(1_100_000)
    assert len(read_wav(tmp_path / "loa_news.wav")) == RATE == sink.sounded(run, 2_000_000)


def test_a_stop_ahead_hands_over_to_the_next_without_a_gap(tmp_path: Path) -> None:
    sink, low, high = WavSink(tmp_path, "loa"), Sound(opus_clip(3.0, 300)), Sound(opus_clip(1.0, 900))
    sink.play(run_of(low, at=0))
    sink.stop(2 * SECOND)
    sink.play(run_of(high, at=2 * SECOND))
    for mono in range(0, 4 * SECOND, 100_000):
        sink.advance(mono)
    heard = read_wav(tmp_path / "loa_news.wav")
    assert np.array_equal(heard, np.concatenate([low.read(0, 2 * RATE), high.read(0, RATE)]))


def test_volume_is_a_factor_that_never_clips(tmp_path: Path) -> None:
    samples = np.array([-32_768, -1_000, 0, 1_000, 32_767], np.int16)
    append(tmp_path / "a.wav", samples, 1.0)
    append(tmp_path / "a.wav", samples, 0.25)
    assert read_wav(tmp_path / "a.wav").tolist() == [-32_768, -1_000, 0, 1_000, 32_767, -8_192, -250, 0, 250, 8_191]


def test_a_file_cut_between_samples_and_header_is_valid_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    append(path, np.full(100, 1, np.int16), 1.0)
    path.write_bytes(path.read_bytes() + b"\x07" * 51)
    assert len(read_wav(path)) == 100
    append(path, np.full(100, 2, np.int16), 1.0)
    assert read_wav(path).tolist() == [1] * 100 + [2] * 100


def test_a_full_disk_ends_the_sound_where_it_failed(tmp_path: Path) -> None:
    (tmp_path / "loa_news.wav").mkdir()
    sink, sound = WavSink(tmp_path, "loa"), Sound(opus_clip(3.0))
    run = run_of(sound, at=0)
    sink.play(run)
    sink.advance(SECOND)
    assert sink.sounded(run, 2 * SECOND) == 0


def test_names_that_a_file_system_could_stumble_over() -> None:
    assert file_name("Loa 1/../Ấp Bắc", "o:1") == "Loa-1-..-Ấp-Bắc_o-1.wav"
