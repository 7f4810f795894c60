"""The one hardened call of ffmpeg, fit for a stranger's file; knows no loudness and no verdict.

The file is the child's stdin and nothing else may be opened: no protocol but that one, no container that
can point elsewhere, no decoder but those of sound, no picture, subtitle or attachment.
"""

import re
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from controller.audio.child import Finished, run_child
from controller.audio.errors import ChildTimeout, DecodeTimeout, EncodeFailed, NoDecodableAudio
from controller.audio.tools import AudioTools

CONTAINERS = (
    "wav,w64,mp3,ogg,flac,mov,aac,amr,asf,matroska,aiff,au,ac3,eac3,caf,wv,tta,voc,avi,flv,mpeg,mpegts,loas,dts"
)
_PCM = ("s8", "u8", "s16le", "s16be", "u16le", "u16be", "s24le", "s24be", "s32le", "s32be", "s64le", "s64be",
        "f32le", "f32be", "f64le", "f64be", "alaw", "mulaw", "bluray", "dvd", "s16be_planar", "s16le_planar",
        "s24le_planar", "s32le_planar", "s8_planar", "u24le", "u24be", "u32le", "u32be", "vidc")  # fmt: skip
_ADPCM = ("ima_wav", "ms", "ima_qt", "yamaha", "swf", "ima_smjpeg", "ct", "sbpro_2", "sbpro_3", "sbpro_4", "ima_ws")
_CODED = ("mp1", "mp2", "mp3", "mp1float", "mp2float", "mp3float", "mp3adufloat", "aac", "aac_latm", "ac3", "eac3",
          "flac", "alac", "vorbis", "opus", "speex", "wmav1", "wmav2", "wmapro", "wmalossless", "wmavoice", "amrnb",
          "amrwb", "wavpack", "tta", "g722", "g723_1", "g726", "g726le", "g729", "gsm", "gsm_ms", "ilbc", "mace3",
          "mace6", "qdm2", "qdmc", "qcelp", "evrc", "nellymoser", "truespeech", "dca", "mlp", "truehd")  # fmt: skip
DECODERS = ",".join((*(f"pcm_{name}" for name in _PCM), *(f"adpcm_{name}" for name in _ADPCM), *_CODED))

QUIET = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+warning")
ONE_THREAD = ("-threads", "1", "-filter_threads", "1", "-filter_complex_threads", "1")
MAX_ALLOC = str(64 << 20)
GRACE_S = 5.0
DISK_FULL = re.compile(
    r"^\[out#[^\]]*\] \[error\].*(?:No space left on device|File too large|Disk quota exceeded)$", re.MULTILINE
)

Output = Callable[[bytes], None]


def run_ffmpeg(
    tools: AudioTools,
    source: Path,
    wanted: Sequence[str],
    *,
    cpu_s: int,
    stdout: Output | Path,
    inherited: Sequence[int] = (),
    file_bytes: int = 0,
) -> Finished:
    """Run ffmpeg on the open file `source` with the outputs that `wanted` names: `pipe:1` is stdout, other
    numbers are open files that it inherits, none larger than `file_bytes`.

    Raises DecodeTimeout after `cpu_s` of CPU (or thrice that by the clock), NoDecodableAudio if the decoder
    found nothing to decode, EncodeFailed if the disk is full. A file cut short is no error: what it holds
    is decoded.
    """
    argv = [str(tools.ffmpeg), *QUIET, "-max_alloc", MAX_ALLOC, *ONE_THREAD, *input_options(), *wanted]
    try:
        done = run_child(
            argv,
            stdin=source,
            stdout=stdout,
            cpu_s=cpu_s,
            timeout_s=3 * cpu_s + GRACE_S,
            memory_bytes=tools.limits.memory_bytes,
            file_bytes=file_bytes,
            inherited=inherited,
            env={"MALLOC_ARENA_MAX": "1"},
        )
    except ChildTimeout as error:
        raise DecodeTimeout(seconds=cpu_s) from error
    if done.returncode == -signal.SIGXFSZ or (done.returncode != 0 and DISK_FULL.search(done.stderr)):
        raise EncodeFailed(reason="disk full")
    if done.returncode != 0:
        raise NoDecodableAudio(reason=_complaint(done.stderr))
    return done


def input_options(containers: str = CONTAINERS) -> list[str]:
    """What may be read: stdin alone, as one of these containers, by the decoders of sound."""
    return [
        "-protocol_whitelist", "fd", "-format_whitelist", containers, "-codec_whitelist", DECODERS,
        "-max_streams", "64", "-vn", "-sn", "-dn", "-i", "fd:",
    ]  # fmt: skip


def _complaint(stderr: str) -> str:
    """The decoder's last complaint, short and without addresses of its memory."""
    lines = [line.split("] ", 2)[-1] for line in stderr.splitlines() if "[error]" in line or "[fatal]" in line]
    return lines[-1][:120] if lines else "no samples"
