"""What can be played: blobs that are whole and decode. Shares decoded sound, remembers what failed."""

from firmware_sim.errors import DecodeFailed
from firmware_sim.flash import Flash
from firmware_sim.opus import RATE
from firmware_sim.sounds import Sound, Sounds


class Shelf:
    """Membership (`sha256 in shelf`) means: whole in flash and not known to be bad."""

    def __init__(self, flash: Flash, sounds: Sounds) -> None:
        self._flash = flash
        self._sounds = sounds
        self._bad: set[str] = set()

    def __contains__(self, sha256: object) -> bool:
        return isinstance(sha256, str) and self._flash.has(sha256) and sha256 not in self._bad

    def is_bad(self, sha256: str) -> bool:
        return sha256 in self._bad

    def sound(self, sha256: str) -> Sound | None:
        """The decoded sound of a blob on the shelf; None if it turns out bad, or is not here."""
        if sha256 not in self:
            return None
        try:
            return self._sounds.open(sha256, lambda: self._flash.read(sha256))
        except DecodeFailed:
            self._bad.add(sha256)
            return None

    def length(self, sha256: str | None) -> int:
        """us that a blob lasts; 0 if it cannot be played here."""
        sound = self.sound(sha256) if sha256 else None
        return sound.length * 1_000_000 // RATE if sound else 0

    def warm(self, sha256: str, sample: int) -> bool:
        """Decode a little; whether a second beyond `sample` is at hand."""
        sound = self.sound(sha256)
        goal = sample + RATE
        if sound is None:
            return False
        try:
            if sound.ready < min(goal, sound.length):
                sound.decode_more()
        except DecodeFailed:
            self._bad.add(sha256)
            return False
        return sound.ready >= min(goal, sound.length)

    def played(self, sha256: str) -> None:
        if self._flash.has(sha256):
            self._flash.touch(sha256)
