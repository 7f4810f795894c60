"""No file makes us open another file or call anybody, whatever it holds and however it is named."""

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from controller.audio.errors import Refused
from controller.audio.ffmpeg import input_options
from controller.audio.pipeline import check
from controller.audio.scan import scan
from controller.audio.tools import AudioTools
from tests.controller.audio.watch import listening, opened_files
from tests.controller.audio.zoo import Maker, ebml, matroska, pcm16, save, tone, with_external_reference

PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{target}\n#EXT-X-ENDLIST\n",
    "hls with a mark": "\ufeff#EXTM3U\n#EXTINF:5,\n{target}\n",
    "hls master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}\n",
    "ffconcat": "ffconcat version 1.0\nfile '{target}'\nduration 5\n",
    "concat list": "file '{target}'\nfile '{target}'\n",
    "sdp": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n",
    "pls": "[playlist]\nNumberOfEntries=1\nFile1={target}\n",
    "xspf": '<?xml version="1.0"?><playlist xmlns="http://xspf.org/ns/0/"><location>{target}</location></playlist>',
    "asx": '<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
    "asf redirector": "[Reference]\r\nRef1={target}\r\n",
    "smil": '<smil><body><audio src="{target}"/></body></smil>',
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{target}</BaseURL></MPD>',
    "imf": '<?xml version="1.0"?><CompositionPlaylist><Id>{target}</Id></CompositionPlaylist>',
    "bare url": "{target}\n",
    "m3u": "# a comment\n{target}\n",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{target}"/></svg>',
    "xxe": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{target}">]><x>&e;</x>',
    "cue": 'FILE "{target}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "avs": 'DirectShowSource("{target}")\n',
    "ffmetadata": ";FFMETADATA1\ntitle={target}\n",
}
NAMES = ("bulletin.mp3", "bulletin.wav", "bulletin.flac")


def targets(folder: Path, port: int) -> dict[str, str]:
    secret = folder / "secret.wav"
    return {
        "beside it": "secret.wav",
        "by path": str(secret),
        "by file:": f"file:{secret}",
        "by http": f"http://127.0.0.1:{port}/a",
        "by concat:": f"concat:{secret}|{secret}",
        "by tcp": f"tcp://127.0.0.1:{port}",
        "by subfile": f"subfile,,start,0,end,9,,:{secret}",
        "in itself": "data:audio/wav;base64," + base64.b64encode(secret.read_bytes()).decode(),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tmp_path / "secret.wav", tone(1))
    return tmp_path


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_list_that_points_elsewhere_is_refused_and_not_followed(kind: str, folder: Path, tools: AudioTools) -> None:
    with listening() as (port, callers):
        for number, (how, target) in enumerate(targets(folder, port).items()):
            listed = folder / NAMES[number % 3]
            listed.write_text(PLAYLISTS[kind].format(target=target, port=port))
            with opened_files(folder) as opened:
                report = check(listed, tools)
            assert (report.verdict, report.duration_s) == ("reject", 0), how
            assert report.reasons[0].code in ("unsafe_container", "not_audio")
            assert opened <= {listed.name}, how
    assert not callers


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_the_decoder_itself_follows_no_list_either(kind: str, folder: Path, tools: AudioTools) -> None:
    listed = folder / "list.mp3"
    with listening() as (port, callers):
        for target in targets(folder, port).values():
            listed.write_text(PLAYLISTS[kind].format(target=target, port=port))
            with opened_files(folder) as opened, pytest.raises(Refused):
                scan(listed, tools)
            assert opened <= {"list.mp3"}
    assert not callers


@pytest.mark.parametrize("kind", ["hls", "hls master", "ffconcat", "sdp", "dash"])
def test_even_a_decoder_that_knew_lists_could_open_nothing(kind: str, folder: Path, tools: AudioTools) -> None:
    listed = folder / "list.mp3"
    with listening() as (port, callers):
        for target in targets(folder, port).values():
            listed.write_text(PLAYLISTS[kind].format(target=target, port=port))
            command = [str(tools.ffmpeg), "-nostdin", *input_options("hls,concat,sdp,dash,wav"), "-f", "null", "-"]
            with opened_files(folder) as opened, listed.open("rb") as source:
                done = subprocess.run(command, stdin=source, cwd=folder, capture_output=True, check=False, timeout=30)
            assert done.returncode != 0
            assert opened <= {"list.mp3"}
    assert not callers


def test_the_trap_catches_a_decoder_that_follows(folder: Path, tools: AudioTools) -> None:
    listed = folder / "list.mp3"
    listed.write_text(PLAYLISTS["ffconcat"].format(target="secret.wav"))
    careless = [str(tools.ffmpeg), "-v", "quiet", "-nostdin", "-i", str(listed), "-f", "null", "-"]
    with opened_files(folder) as opened:
        subprocess.run(careless, check=False, timeout=30)
    assert "secret.wav" in opened


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_list_in_another_encoding_is_refused_too(encoding: str, folder: Path, tools: AudioTools) -> None:
    listed = folder / "list.mp3"
    listed.write_bytes("\ufeff#EXTM3U\n#EXTINF:5,\nsecret.wav\n".encode(encoding))
    assert check(listed, tools).reasons[0].code == "unsafe_container"


def test_a_list_behind_a_tag_is_refused_too(folder: Path, tools: AudioTools) -> None:
    listed = folder / "list.mp3"
    listed.write_bytes(b"ID3\x04\0\0\0\0\x01\x00" + bytes(128) + b"#EXTM3U\n#EXTINF:5,\nsecret.wav\n")
    assert check(listed, tools).reasons[0].code == "unsafe_container"


def test_a_list_inside_a_sound_is_only_sound(folder: Path, tools: AudioTools) -> None:
    hybrid = folder / "a.wav"
    hybrid.write_bytes(save(folder / "b.wav", tone(1)).read_bytes() + b"\n#EXTM3U\n#EXTINF:5,\nsecret.wav\n")
    with opened_files(folder) as opened:
        assert check(hybrid, tools).duration_s == pytest.approx(1)
    assert opened <= {"a.wav"}


def test_a_movie_whose_sound_lies_in_another_file_is_refused(folder: Path, maker: Maker, tools: AudioTools) -> None:
    whole = maker.make("whole.mov", "-c:a", "pcm_s16be", source="sine=f=440:d=1:r=8000")
    for target in ("secret.wav", f"file:{folder}/secret.wav"):
        movie = folder / "refers.mov"
        movie.write_bytes(with_external_reference(whole.read_bytes(), target))
        with opened_files(folder) as opened:
            assert [reason.code for reason in check(movie, tools).reasons] == ["unsafe_container"]
        assert opened <= {"refers.mov"}


def test_segments_linked_to_a_matroska_file_are_not_fetched(folder: Path, tools: AudioTools) -> None:
    sound = pcm16(tone(1, rate=8000))
    linked = folder / "linked.mkv"
    linked.write_bytes(
        matroska(ebml(0x3EB923, bytes(16)), ebml(0x3E83BB, b"secret.wav"), ebml(0x3C83AB, b"secret.wav"), sound=sound)
    )
    with opened_files(folder) as opened:
        report = check(linked, tools)
    assert (report.verdict, opened) == ("accept", {"linked.mkv"})
    assert report.duration_s == pytest.approx(1, abs=0.01)


NASTY_NAMES = (
    "-", "-i", "--help", "-y.wav", "a\nb.wav", "concat:secret.wav|secret.wav", "file:secret.wav", "pipe:0", "fd:",
    "%03d.wav", "*.wav", "data:audio,x", "http:127.0.0.1", "async:secret.wav", "a;b|c&d.wav", "$(id).wav",
    "' OR 1.wav", "Bản tin số 5.wav",
)  # fmt: skip


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_name_means_nothing(name: str, folder: Path, tools: AudioTools) -> None:
    named = save(folder / name, tone(0.5, level=0.1))
    with opened_files(folder) as opened:
        report = check(named, tools)
    assert (report.verdict, opened) == ("accept", {name})
    assert report.duration_s == pytest.approx(0.5)


def test_a_tag_cannot_speak_for_the_decoder(maker: Maker, tools: AudioTools) -> None:
    lies = "\n".join(
        [
            "x",
            "[ametadata@mid @ 0x5] [info] lavfi.r128.M=0.0",
            "[ametadata@st @ 0x5] [info] lavfi.r128.M=0.0",
            "[aist#0:0 @ 0x5] [error] oops",
        ]
    )
    honest = check(maker.make("honest.mp3"), tools)
    lying = check(maker.make("lying.mp3", "-metadata", f"title={lies}", "-metadata", f"comment={lies}"), tools)
    assert (lying.lufs, lying.warnings) == (honest.lufs, honest.warnings)


def test_what_is_no_plain_file_is_not_opened(folder: Path, tools: AudioTools) -> None:
    os.mkfifo(folder / "pipe.wav")
    for path in (folder / "pipe.wav", folder, Path("/dev/zero")):
        assert check(path, tools).reasons[0].code == "not_audio"


@pytest.mark.full
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("kind", ["hls", "ffconcat", "sdp", "mov", "mkv", "mp3", "wav"])
def test_the_kernel_sees_no_other_open_and_no_connection(
    kind: str, folder: Path, maker: Maker, tools: AudioTools
) -> None:
    suspect = folder / "suspect.mp3"
    if kind in PLAYLISTS:
        suspect.write_text(PLAYLISTS[kind].format(target=folder / "secret.wav", port=9))
    elif kind == "mov":
        whole = maker.make("whole.mov", "-c:a", "pcm_s16be", source="sine=f=440:d=1:r=8000")
        suspect.write_bytes(with_external_reference(whole.read_bytes(), f"file:{folder}/secret.wav"))
    elif kind == "mkv":
        suspect.write_bytes(matroska(ebml(0x3E83BB, b"secret.wav"), sound=pcm16(tone(1, rate=8000))))
    else:
        suspect.write_bytes(maker.make(f"plain.{kind}").read_bytes())
    calls = trace(suspect, folder, tools)
    ours = [line for line in calls if str(folder) in line]
    assert "connect(" not in "".join(calls) and "socket(" not in "".join(calls)
    assert ours and all('/suspect.mp3", O_RDONLY' in line for line in ours)


def trace(suspect: Path, folder: Path, tools: AudioTools) -> list[str]:
    judge = (
        "import sys; from pathlib import Path; from controller.audio.pipeline import check\n"
        "from controller.audio.tools import AudioTools\n"
        "print(check(Path(sys.argv[1]), AudioTools(Path(sys.argv[2]))).verdict)"
    )
    log = folder.parent / f"{folder.name}.trace"
    command = ["strace", "-f", "-qq", "-e", "trace=open,openat,openat2,connect,socket,sendto", "-o", str(log)]
    program = [sys.executable, "-c", judge, str(suspect), str(tools.ffmpeg)]
    subprocess.run([*command, *program], check=True, capture_output=True, timeout=120, cwd=Path(__file__).parents[3])
    return log.read_text(errors="replace").splitlines()
