"""A finished WAV becomes Ogg Opus, the same bytes each time, and its loudness is measured on the way."""

from dataclasses import dataclass
from pathlib import Path

from controller.audio.errors import EncodeFailed, Refused
from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.lines import Lines
from controller.audio.listening import Listener, loudness_of
from controller.audio.loudness import ABSOLUTE_GATE_LUFS, integrated
from controller.audio.tools import AudioTools

BITRATE = "24k"
OGG_SERIAL = "1"
BYTES_PER_S = 12_000
"""Four times what the bit rate gives, as a bound for the file."""


@dataclass(frozen=True)
class Encoded:
    """Integrated loudness of all that was encoded, chimes included; -70 where nothing sounds."""

    lufs: float


def encode(wav: Path, opus: Path, seconds: float, tools: AudioTools) -> Encoded:
    """Write `opus` from our own `wav`; EncodeFailed if the disk is full or ffmpeg fails."""
    listener = Listener(("all",))
    graph = f"[0:a:0]asplit=2[out][all];[all]{loudness_of('all')},anullsink"
    wanted = [
        "-filter_complex", graph, "-map", "[out]", "-c:a", "libopus", "-b:a", BITRATE, "-application", "audio",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
        "-serial_offset", OGG_SERIAL, "-f", "ogg", "pipe:1",
    ]  # fmt: skip
    try:
        run_ffmpeg(
            tools,
            wav,
            wanted,
            cpu_s=10 + int(seconds / tools.limits.slowest_speed),
            stdout=opus,
            stderr=Lines(listener.hear).feed,
            file_bytes=1 << 20 | int(seconds * BYTES_PER_S),
        )
    except (Refused, OSError) as error:
        raise EncodeFailed(reason=str(error)) from error
    lufs = integrated(listener.momentary("all"), seconds)
    return Encoded(ABSOLUTE_GATE_LUFS if lufs is None else lufs)
