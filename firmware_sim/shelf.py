"""What can be played: blobs that are whole and decode. Shares decoded sound, remembers what failed.

A flash forgets: the bytes of a blob are hashed again before they sound, and what has changed is dropped.
"""

from hashlib import sha256 as digest_of

from devices.protocol.units import HOUR, MINUTE
from firmware_sim.errors import DecodeFailed, Spoiled
from firmware_sim.flash import Flash
from firmware_sim.opus import RATE
from firmware_sim.sounds import Sound, Sounds

PROOF_HOLDS = MINUTE
"""How long a blob that was hashed may sound without being hashed again, us."""
LOOK_EVERY = 3 * HOUR
"""How often one blob, each in its turn, is hashed while nothing sounds, us: a siren waits for years."""


class Shelf:
    """Membership (`sha256 in shelf`) means: whole in flash and not known to be bad."""

    def __init__(self, flash: Flash, sounds: Sounds) -> None:
        self._flash = flash
        self._sounds = sounds
        self._bad: set[str] = set()
        self._proven: dict[str, int] = {}
        self._dropped: list[str] = []
        self._looked: tuple[str, int | None] = ("", None)
        self.spoiled = 0
        """Blobs that came back changed from flash since power-up."""

    def __contains__(self, sha256: object) -> bool:
        return isinstance(sha256, str) and self._flash.has(sha256) and sha256 not in self._bad

    def is_bad(self, sha256: str) -> bool:
        return sha256 in self._bad

    def sound(self, sha256: str) -> Sound | None:
        """The decoded sound of a blob on the shelf; None if it turns out bad, or is not here."""
        if sha256 not in self:
            return None
        try:
            return self._sounds.open(sha256, lambda: self._read(sha256))
        except DecodeFailed:
            self._bad.add(sha256)
        except Spoiled:
            self._drop(sha256)
        return None

    def length(self, sha256: str | None) -> int:
        """us that a blob lasts; 0 if it cannot be played here."""
        sound = self.sound(sha256) if sha256 else None
        return sound.length * 1_000_000 // RATE if sound else 0

    def warm(self, sha256: str, sample: int, mono: int) -> bool:
        """Prove the blob, decode a little; whether a second beyond `sample` is at hand."""
        if not self._prove(sha256, mono):
            return False
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

    def look_over(self, mono: int) -> None:
        """Hash the next blob if it is time: rot is found before it is needed. Not while anything sounds."""
        last, at = self._looked
        if at is None or mono < at + LOOK_EVERY:
            self._looked = last, mono if at is None else at
            return
        whole = sorted(self._flash.whole())
        following = next((sha256 for sha256 in whole if sha256 > last), min(whole, default=""))
        self._looked = following, mono
        if following:
            self._prove(following, mono)

    def take_spoiled(self) -> list[str]:
        """Blobs that were dropped since the last call because they had changed."""
        dropped, self._dropped = self._dropped, []
        return dropped

    def _prove(self, sha256: str, mono: int) -> bool:
        """Whether the flash holds what the name promises, as of the last minute."""
        if self._proven.get(sha256, mono - PROOF_HOLDS) > mono - PROOF_HOLDS:
            return True
        try:
            self._read(sha256)
        except Spoiled:
            self._drop(sha256)
            return False
        self._proven = {blob: at for blob, at in self._proven.items() if at > mono - PROOF_HOLDS} | {sha256: mono}
        return True

    def _read(self, sha256: str) -> bytes:
        content = self._flash.read(sha256)
        if digest_of(content).hexdigest() != sha256:
            raise Spoiled(blob=sha256)
        return content

    def _drop(self, sha256: str) -> None:
        self.spoiled += 1
        self._proven.pop(sha256, None)
        self._dropped.append(sha256)
        self._flash.drop(sha256)
