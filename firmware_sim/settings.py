"""What differs from one kind of speaker to another; read by nobody but entry points, handed in."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class SpeakerSettings:
    model: str = "loa-sim"
    firmware: str = "0.1.0"
    flash_bytes: int = 64 * MIB
    """Room for blobs, bytes."""
    heartbeat: int = 60
    """Seconds between two health messages until a configuration says otherwise."""
