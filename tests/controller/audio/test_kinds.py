"""Every kind of sound file is judged by what it holds: right verdict, decoded length, whatever its name says."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from controller.audio.pipeline import check
from controller.audio.tools import AudioTools
from tests.controller.audio.zoo import Maker, noise, pcm16, save, tone, wav_bytes

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"
NARROW = ("-ar", "8000", "-ac", "1")

KINDS: dict[str, tuple[str, ...]] = {
    "s16.wav": (),
    "u8.wav": ("-c:a", "pcm_u8"),
    "s24.wav": ("-c:a", "pcm_s24le"),
    "s32.wav": ("-c:a", "pcm_s32le"),
    "f32.wav": ("-c:a", "pcm_f32le"),
    "f64.wav": ("-c:a", "pcm_f64le"),
    "alaw.wav": ("-c:a", "pcm_alaw", *NARROW),
    "mulaw.wav": ("-c:a", "pcm_mulaw", *NARROW),
    "ima.wav": ("-c:a", "adpcm_ima_wav"),
    "ms.wav": ("-c:a", "adpcm_ms"),
    "g726.wav": ("-c:a", "g726", *NARROW),
    "mp3.wav": ("-c:a", "libmp3lame"),
    "rf64.wav": ("-rf64", "always"),
    "wave.w64": (),
    "six.wav": ("-ac", "6"),
    "eight.flac": ("-ac", "8"),
    "fast.wav": ("-ar", "192000"),
    "slow.wav": ("-ar", "4000"),
    "cbr.mp3": ("-b:a", "64k"),
    "vbr.mp3": ("-q:a", "6"),
    "layer.mp2": ("-c:a", "mp2"),
    "vorbis.ogg": ("-c:a", "libvorbis"),
    "flac.ogg": ("-c:a", "flac"),
    "opus.ogg": ("-c:a", "libopus", "-ar", "48000"),
    "plain.opus": ("-c:a", "libopus", "-ar", "48000"),
    "plain.flac": (),
    "deep.flac": ("-sample_fmt", "s32"),
    "aac.m4a": ("-c:a", "aac"),
    "alac.m4a": ("-c:a", "alac"),
    "fragmented.m4a": ("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"),
    "adts.aac": ("-c:a", "aac"),
    "mp3.aac": ("-f", "mp3"),
    "latm.aac": ("-c:a", "aac", "-f", "latm"),
    "narrow.amr": ("-c:a", "libopencore_amrnb", *NARROW),
    "phone.3gp": ("-c:a", "libopencore_amrnb", *NARROW),
    "media.wma": ("-c:a", "wmav2"),
    "opus.webm": ("-c:a", "libopus", "-ar", "48000"),
    "vorbis.mka": ("-c:a", "libvorbis"),
    "pcm.mkv": ("-c:a", "pcm_s16le"),
    "plain.aiff": (),
    "alaw.aifc": ("-c:a", "pcm_alaw", "-f", "aiff"),
    "plain.au": (),
    "mulaw.au": ("-c:a", "pcm_mulaw"),
    "plain.caf": (),
    "alac.caf": ("-c:a", "alac"),
    "pcm.mov": ("-c:a", "pcm_s16be"),
    "ac3.ac3": ("-c:a", "ac3"),
    "pack.wv": ("-c:a", "wavpack"),
    "true.tta": ("-c:a", "tta"),
    "old.voc": ("-c:a", "pcm_u8"),
    "film.avi": ("-c:a", "libmp3lame"),
    "stream.ts": ("-c:a", "aac"),
}
FRAME_S = 0.07
"""Codecs pad to whole frames; the longest here has 48 ms."""


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_taken_with_its_decoded_length(name: str, maker: Maker, tools: AudioTools) -> None:
    report = check(maker.make(name, *KINDS[name]), tools)
    assert (report.verdict, report.reasons, report.clipped, report.silent) == ("accept", (), False, False)
    assert report.mono_safe
    assert report.duration_s == pytest.approx(1.5, abs=FRAME_S)
    assert report.lufs is not None and -30 < report.lufs < -10


@pytest.mark.parametrize("name", ["wrong.mp3", "wrong.wav", "wrong.txt", "wrong.m3u8", "wrong", "wrong.jpg"])
def test_a_wrong_ending_changes_nothing(name: str, maker: Maker, tools: AudioTools) -> None:
    wrong = maker.make("right.flac").rename(maker.folder / name)
    assert check(wrong, tools).duration_s == pytest.approx(1.5)


@pytest.mark.parametrize("kind", ["mp3", "wav", "flac", "ogg", "aac", "wma", "webm", "aiff"])
def test_a_file_cut_short_sounds_as_long_as_what_is_left(kind: str, maker: Maker, tools: AudioTools) -> None:
    whole = maker.make(f"cut.{kind}", source="anoisesrc=d=4:r=44100:a=0.2")
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    report = check(whole, tools)
    assert report.verdict == "accept"
    assert report.duration_s == pytest.approx(2, abs=1.1 if kind == "ogg" else 0.4)  # an Ogg page holds a second


def test_a_movie_cut_before_its_table_holds_nothing(maker: Maker, tools: AudioTools) -> None:
    whole = maker.make("cut.m4a", "-c:a", "aac")
    whole.write_bytes(whole.read_bytes()[:-2000])
    assert check(whole, tools).reasons[0].code == "no_decodable_audio"


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\xff", b"RIFF\1", b"OggS\0", b"ID3\4", b"\x1aE\xdf\xa3", bytes(100_000)]
)
def test_what_holds_no_sound_is_refused(content: bytes, tmp_path: Path, tools: AudioTools) -> None:
    nothing = tmp_path / "nothing.wav"
    nothing.write_bytes(content)
    assert check(nothing, tools).reasons[0].code == "no_decodable_audio"


@pytest.mark.parametrize("frames", [0, 1, 100])
def test_a_click_is_no_bulletin(frames: int, tmp_path: Path, tools: AudioTools) -> None:
    report = check(save(tmp_path / "click.wav", tone(frames / 24_000, level=0.9)), tools)
    assert report.verdict == "reject"
    assert report.reasons[0].code in ("no_decodable_audio", "too_short")


@pytest.mark.parametrize(
    ("name", "start", "code"),
    [
        ("png", b"\x89PNG\r\n\x1a\n", "not_audio"),
        ("jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF", "not_audio"),
        ("gif", b"GIF89a", "not_audio"),
        ("webp", b"RIFF\x24\0\0\0WEBPVP8 ", "not_audio"),
        ("pdf", b"%PDF-1.7\n", "not_audio"),
        ("html", b"<!DOCTYPE html><html><audio src=a.mp3>", "not_audio"),
        ("program", b"\x7fELF\2\1\1", "not_audio"),
        ("midi", b"MThd\0\0\0\6", "not_audio"),
        ("text", "Thông báo: ngày mai mất điện.".encode(), "not_audio"),
        ("latin text", "Señor, mañana no hay música".encode("latin-1"), "not_audio"),
        ("json", b'{"url": "http://127.0.0.1/"}', "not_audio"),
    ],
)
def test_other_things_are_refused_by_name(
    name: str, start: bytes, code: str, tmp_path: Path, tools: AudioTools
) -> None:
    thing = tmp_path / "bulletin.mp3"
    thing.write_bytes(start + b"\n" * 50)
    reason = check(thing, tools).reasons[0]
    assert (reason.code, reason.data["kind"]) == (code, name.rsplit(maxsplit=1)[-1])


@pytest.mark.parametrize(("name", "options"), [("a.nut", ()), ("a.mkv", ("-c:a", "real_144", *NARROW))])
def test_a_container_or_codec_that_nobody_vouches_for_is_refused(
    name: str, options: tuple[str, ...], maker: Maker, tools: AudioTools
) -> None:
    assert check(maker.make(name, *options), tools).reasons[0].code == "no_decodable_audio"


def film(maker: Maker, name: str, *sounds: str) -> Path:
    inputs = [word for sound in sounds for word in ("-f", "lavfi", "-i", sound)]
    maps = [word for number in range(len(sounds) + 1) for word in ("-map", str(number))]
    picture = ("-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=5")
    return maker.run(name, *picture, *inputs, *maps, "-c:v", "mpeg4", "-c:a", "aac")


def test_of_a_film_the_first_sound_track_is_heard(maker: Maker, tools: AudioTools) -> None:
    both = film(maker, "film.mkv", "sine=f=440:d=1.5", "sine=f=440:d=0.5")
    assert check(both, tools).duration_s == pytest.approx(1.5, abs=FRAME_S)


def test_a_film_without_sound_is_refused(maker: Maker, tools: AudioTools) -> None:
    assert check(film(maker, "mute.mp4"), tools).reasons[0].code == "no_decodable_audio"


@pytest.mark.parametrize("name", ["cover.mp3", "cover.flac", "cover.m4a"])
def test_a_cover_is_passed_over(name: str, maker: Maker, tools: AudioTools) -> None:
    picture = maker.make("cover.png", "-frames:v", "1", source="testsrc=d=1:s=64x64:r=1")
    attached = ("-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic")
    song = maker.run(name, "-f", "lavfi", "-i", "sine=f=440:d=1.5,volume=6dB", "-i", str(picture), *attached)
    assert check(song, tools).duration_s == pytest.approx(1.5, abs=FRAME_S)


def test_junk_before_and_after_is_passed_over(maker: Maker, tools: AudioTools) -> None:
    song = maker.make("song.mp3", "-write_xing", "0")
    tags = b"ID3\x03\0\0\0\0\x10\0" + bytes(2048)
    song.write_bytes(tags * 2 + bytes(700) + song.read_bytes() + b"TAG" + bytes(125) + bytes(5000))
    report = check(song, tools)
    assert report.duration_s == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("second", [("-ac", "1"), ("-ar", "22050"), ("-ac", "1", "-ar", "48000")])
@pytest.mark.parametrize("kind", ["mp3", "aac"])
def test_two_recordings_joined_by_hand_are_one(
    kind: str, second: tuple[str, ...], maker: Maker, tools: AudioTools
) -> None:
    loud = maker.make(f"one.{kind}", "-ac", "2", source="sine=f=440:d=3:r=44100,volume=10dB").read_bytes()
    soft = maker.make(f"two.{kind}", *second, source="sine=f=440:d=3:r=44100,volume=-20dB").read_bytes()
    joined = maker.folder / f"joined.{kind}"
    joined.write_bytes(loud + soft)
    report, first = check(joined, tools), check(maker.folder / f"one.{kind}", tools)
    assert report.duration_s == pytest.approx(6, abs=0.1)
    assert report.lufs == pytest.approx(first.lufs, abs=0.2)


def test_junk_after_a_wav_is_no_sound(tmp_path: Path, tools: AudioTools) -> None:
    wav = tmp_path / "a.wav"
    wav.write_bytes(wav_bytes(pcm16(tone(1))) + b"LIST" + struct.pack("<I", 4) + b"INFO" + b"junk" * 4000)
    assert check(wav, tools).duration_s == pytest.approx(1)


class TestHeadersThatLie:
    """The decoded length counts, never the one a header claims."""

    @pytest.mark.parametrize("claimed", [0, 1000, 0x7FFFFFFF, 0xFFFFFFFF])
    def test_wav_data_size(self, claimed: int, tmp_path: Path, tools: AudioTools) -> None:
        liar = tmp_path / "liar.wav"
        liar.write_bytes(wav_bytes(pcm16(tone(1)), data_size=claimed, riff_size=min(claimed + 36, 2**32 - 1)))
        expected = 1000 / 48_000 if claimed == 1000 else 1
        report = check(liar, tools)
        assert report.duration_s == pytest.approx(expected, abs=0.001) or report.reasons[0].code == "no_decodable_audio"
        assert report.duration_s <= 1

    @pytest.mark.parametrize("frames", [1, 10_000_000])
    def test_mp3_xing(self, frames: int, maker: Maker, tools: AudioTools) -> None:
        song = maker.make("song.mp3", "-q:a", "5")
        content = bytearray(song.read_bytes())
        place = next(content.index(mark) for mark in (b"Xing", b"Info") if mark in content)
        content[place + 8 : place + 12] = struct.pack(">I", frames)
        song.write_bytes(content)
        assert check(song, tools).duration_s == pytest.approx(1.5, abs=0.1)

    @pytest.mark.parametrize("samples", [0, 1, 2**36 - 1])
    def test_flac_total_samples(self, samples: int, maker: Maker, tools: AudioTools) -> None:
        song = maker.make("song.flac")
        content = bytearray(song.read_bytes())
        packed = int.from_bytes(content[18:26], "big") >> 36 << 36 | samples
        content[18:26] = packed.to_bytes(8, "big")
        song.write_bytes(content)
        assert check(song, tools).duration_s == pytest.approx(1.5, abs=0.01)


class TestNumbersThatAreNone:
    def float_wav(self, path: Path, sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Path:
        path.write_bytes(wav_bytes(sound.astype("<f4").tobytes(), tag=3, bits=32))
        return path

    def test_a_few_are_taken_out_and_reported(self, tmp_path: Path, tools: AudioTools) -> None:
        clean = tone(2)
        broken = clean.copy()
        broken[[100, 9_000, 20_000]] = [np.nan, np.inf, -np.inf]
        broken[30_000] = 1e30
        report = check(self.float_wav(tmp_path / "a.wav", broken), tools)
        healthy = check(self.float_wav(tmp_path / "b.wav", clean), tools)
        assert (report.verdict, report.duration_s) == ("accept", 2)
        assert "damaged" in report.warnings and "damaged" not in healthy.warnings
        assert report.lufs is not None and healthy.lufs is not None

    def test_nothing_else_is_silence(self, tmp_path: Path, tools: AudioTools) -> None:
        report = check(self.float_wav(tmp_path / "a.wav", np.full(48_000, np.nan)), tools)
        assert [reason.code for reason in report.reasons] == ["silent_audio"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not on this machine")
def test_real_files_of_other_publishers(tools: AudioTools) -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text())["audio"]
    reports = {name: check(SAMPLES / "audio" / name, tools) for name in expected}
    assert {name: report.verdict for name, report in reports.items()} == {
        name: wanted["verdict"] for name, wanted in expected.items()
    }
    for name, wanted in expected.items():
        assert reports[name].duration_s == pytest.approx(wanted["decoded_seconds"], abs=0.05), name


def test_noise_is_sound(tmp_path: Path, tools: AudioTools) -> None:
    assert check(save(tmp_path / "noise.wav", noise(1)), tools).verdict == "accept"
