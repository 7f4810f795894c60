"""What differs from one kind of speaker to another; read by nobody but entry points, handed in."""

from dataclasses import dataclass

from devices.protocol.units import MILLI

MIB = 1024 * 1024
ARMED_AHEAD = 100 * MILLI


@dataclass(frozen=True)
class SpeakerSettings:
    model: str = "loa-sim"
    firmware: str = "0.1.0"
    flash_bytes: int = 64 * MIB
    """Room for blobs, bytes."""
    heartbeat: int = 60
    """Seconds between two health messages until a configuration says otherwise."""
    probe_thinning: int = 1
    """After the first burst of questions for the time, so many times the usual pause; more than 1 in rehearsals."""
    slow_start: bool = False
    """Three questions for the time at each connect, and an old connection's pauses at once: where thousands of
    speakers share one processor."""
    armed_ahead: int = ARMED_AHEAD
    """How long before its first sample a stretch is handed to the amplifier, us."""
    window_bytes: int = 256 * 1024
    """Audio asked for at a time, bytes; one piece at least."""
    longest: int = 86_400_000
    """Longest sound that it decodes, ms."""
    kbit_s: int = 512
    """Most that its decoder takes in a second of sound, kbit."""
