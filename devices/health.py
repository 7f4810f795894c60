"""Is a speaker there? Pure: from its last word, its last will and the time."""

from dataclasses import dataclass
from typing import Literal

from devices.protocol.units import SECOND


@dataclass(frozen=True)
class Presence:
    """What is known: whether it counts as online, and when it was last heard (us UTC, None: never)."""

    online: bool
    last_seen: int | None


Sign = Literal["word", "will", "tick"]
"""A word of the speaker itself, the broker's word that its connection ended, or time passing."""


def patience(heartbeat_s: int) -> int:
    """How long a speaker may be silent, us: one and a half heartbeats."""
    return heartbeat_s * SECOND * 3 // 2


def observe(presence: Presence, sign: Sign, now: int, heartbeat_s: int, listening_since: int) -> Presence:
    """The presence after a sign at `now`. Silence counts only while we were listening ourselves."""
    if sign == "word":
        return Presence(True, now)
    if sign == "will":
        return Presence(False, presence.last_seen)
    heard = max(presence.last_seen or 0, listening_since)
    return Presence(presence.online and now - heard <= patience(heartbeat_s), presence.last_seen)
