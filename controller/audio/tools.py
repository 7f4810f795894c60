"""What the audio room is handed: the decoder's place and the limits. Reads no settings itself."""

from dataclasses import dataclass, field
from pathlib import Path

MIB = 1 << 20


@dataclass(frozen=True)
class AudioLimits:
    """How much of a stranger's file we take on; docs/audio.md gives the reasons."""

    max_bytes: int = 1024 * MIB
    """Size of the file as it came."""
    max_seconds: int = 3 * 3600 + 300
    """Decoded length."""
    min_seconds: float = 0.05
    max_channels: int = 8
    rates: tuple[int, int] = (1_000, 768_000)
    """Lowest and highest sampling rate, Hz."""
    sparse_bits_per_s: int = 1_500
    """A track thinner than this for `sparse_seconds` on end is a bomb, not a recording."""
    sparse_lossless_bits_per_s: int = 16_000
    """The same for a lossless codec, in which even a quiet room takes ten times as much."""
    sparse_seconds: int = 600
    silent_start_seconds: int = 300
    """A file that begins with this much silence is refused as silent without reading on."""
    slowest_speed: float = 5.0
    """Decoding slower than this many times real time is given up."""
    memory_bytes: int = 640 * MIB
    """Address space of a decoder, of which its program takes 200 MiB; it uses some 40 MiB."""


@dataclass(frozen=True)
class AudioTools:
    """The programs and limits that every step is given."""

    ffmpeg: Path
    limits: AudioLimits = field(default_factory=AudioLimits)


def bundled_tools(limits: AudioLimits | None = None) -> AudioTools:
    """The ffmpeg that was installed with us; raises RuntimeError where there is none for this machine."""
    from imageio_ffmpeg import get_ffmpeg_exe

    return AudioTools(Path(get_ffmpeg_exe()), limits or AudioLimits())
