"""A finished WAV becomes Ogg Opus, the same bytes each time, and is let out only if it decodes as it should."""

from dataclasses import dataclass
from pathlib import Path

from controller.audio.chains import FRAMES
from controller.audio.errors import EncodeFailed, Refused
from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.listening import Notes
from controller.audio.loudness import ABSOLUTE_GATE_LUFS, Momentary, integrated
from controller.audio.proof import prove
from controller.audio.tools import AudioTools

BITRATE = "24k"
OGG_SERIAL = "1"
BYTES_PER_S = 12_000
"""Four times what the bit rate gives, as a bound for the file."""


@dataclass(frozen=True)
class Way:
    """One way to encode: what Opus is told of its use, how it may vary its rate, and a gain in dB."""

    application: str
    variable: str
    gain_db: float


WAYS = (
    Way("audio", "on", 0.0),
    Way("audio", "on", -1.0),
    Way("lowdelay", "constrained", 0.0),
    Way("audio", "on", -3.0),
    Way("lowdelay", "constrained", -4.0),
)
"""Tried in turn until the clip decodes as it should. "audio" speaks best; "lowdelay", without a speech coder
in it, is decoded alike everywhere; a lower gain makes room for an overshoot."""


def encode(wav: Path, opus: Path, seconds: float, peak: float, tools: AudioTools) -> float:
    """Write `opus` from our own `wav` and return the WAV's integrated loudness, -70 LUFS for silence.

    `seconds` and `peak` (true, linear) are the WAV's.
    EncodeFailed if the disk is full, ffmpeg fails, or no way gives a clip that decodes as it should.
    """
    cpu_s = 10 + int(seconds / tools.limits.slowest_speed)
    try:
        for way in WAYS:
            loudness = _encode(way, wav, opus, seconds, cpu_s, tools)
            if prove(opus, wav, peak, way.gain_db).holds:
                lufs = integrated(loudness, seconds)
                return ABSOLUTE_GATE_LUFS if lufs is None else lufs
    except (Refused, OSError) as error:
        raise EncodeFailed(reason=str(error)) from error
    raise EncodeFailed(reason="peaks")


def _encode(way: Way, wav: Path, opus: Path, seconds: float, cpu_s: int, tools: AudioTools) -> Momentary:
    """The momentary loudness of the WAV, measured on the way."""
    with Notes("all") as notes:
        graph = f"[0:a:0]{FRAMES},asplit=2[in][all];[in]volume={way.gain_db}dB[out];[all]{notes.of('all')}"
        wanted = [
            "-filter_complex", graph, "-map", "[out]", "-c:a", "libopus", "-b:a", BITRATE,
            "-application", way.application, "-vbr", way.variable,
            "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
            "-serial_offset", OGG_SERIAL, "-f", "ogg", "pipe:1",
        ]  # fmt: skip
        run_ffmpeg(
            tools,
            wav,
            wanted,
            cpu_s=cpu_s,
            stdout=opus,
            inherited=notes.inherited,
            file_bytes=1 << 20 | int(seconds * BYTES_PER_S),
        )
        return notes.momentary("all")
