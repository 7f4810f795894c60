"""Messages that cannot be judged yet: no valid time, or a key that a newer trust set may bring. Bounded."""

from dataclasses import dataclass

from devices.protocol.units import SECOND

PLACES = 32
PATIENCE = 10 * SECOND
"""How long a message waits for its key, us."""


@dataclass(frozen=True)
class Letter:
    topic: str
    payload: bytes
    until: int | None
    """When waiting is over, us monotonic; None: it waits for as long as there is room."""


class Waiting:
    """Oldest first; the oldest gives way when all places are taken."""

    def __init__(self) -> None:
        self._letters: list[Letter] = []

    def add(self, letter: Letter) -> Letter | None:
        """Keep a letter; the one that had to go for it, if any."""
        if any((known.topic, known.payload) == (letter.topic, letter.payload) for known in self._letters):
            return None
        self._letters.append(letter)
        return self._letters.pop(0) if len(self._letters) > PLACES else None

    def take_all(self) -> list[Letter]:
        letters, self._letters = self._letters, []
        return letters

    def take_overdue(self, mono: int) -> list[Letter]:
        if not self._letters:
            return []
        over = [letter for letter in self._letters if letter.until is not None and mono >= letter.until]
        self._letters = [letter for letter in self._letters if letter not in over]
        return over

    def next_wakeup(self) -> int | None:
        return min((letter.until for letter in self._letters if letter.until is not None), default=None)
