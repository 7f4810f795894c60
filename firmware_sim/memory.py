"""Orders, alerts and cancels that the speaker must not forget, across reboots.

Bounded: what has been over for a day is forgotten. When the places are used up, orders are refused first, then
cancels of orders never seen; the last places are for alerts alone.
"""

from collections.abc import Iterator

from pydantic import ValidationError

from devices.protocol.messages.alerts import Alert
from devices.protocol.units import DAY
from firmware_sim.entries import ENTRY, AlertEntry, AnyEntry, CancelEntry, Key, PlayEntry
from firmware_sim.flash import Flash

PLACES: dict[type[AnyEntry], int] = {PlayEntry: 384, CancelEntry: 448, AlertEntry: 512}
"""How many entries there may be in all once one of this kind has been added."""
REMEMBERED = DAY
"""How long after its expiry an entry is kept, us."""


class Memory:
    def __init__(self, flash: Flash) -> None:
        self._flash = flash
        self._entries: dict[Key, AnyEntry] = {}
        self._active: dict[Key, PlayEntry | AlertEntry] = {}
        self.generation = 0
        """Changes whenever another set of blobs may be needed."""
        self.refused = 0
        """Entries that the flash did not take since power-up."""

    def load(self) -> None:
        """Take up what the flash holds; what cannot be read is lost, as if never heard of."""
        for name in self._flash.keys("memory/"):
            try:
                self._keep(ENTRY.validate_json(self._flash.get(name) or b""))
            except ValidationError:
                self._flash.delete(name)

    def get(self, key: Key) -> AnyEntry | None:
        return self._entries.get(key)

    def put(self, entry: AnyEntry) -> bool:
        """Keep an entry, new or changed; False where the flash refused it (it is kept until the next boot)."""
        self._keep(entry)
        kept = self._flash.put(_name(entry.key), entry.model_dump_json().encode())
        self.refused += not kept
        return kept

    def active_entry(self, key: Key) -> PlayEntry | AlertEntry:
        """The entry of an order that has not ended; KeyError for any other."""
        return self._active[key]

    def active(self) -> Iterator[PlayEntry | AlertEntry]:
        """Orders and alerts without an end."""
        return iter(tuple(self._active.values()))

    def has_room(self, kind: type[AnyEntry], now: int) -> bool:
        """Whether one more of this kind may be added at `now` (us UTC); forgets what is long over."""
        if len(self._entries) >= PLACES[kind]:
            self.forget(now)
        return len(self._entries) < PLACES[kind]

    def forget(self, now: int) -> None:
        for key, entry in list(self._entries.items()):
            if entry.end and entry.expires_at + REMEMBERED < now:
                del self._entries[key]
                self._flash.delete(_name(key))

    def _keep(self, entry: AnyEntry) -> None:
        before = self._entries.get(entry.key)
        if before is None or before.end != entry.end or _alert(before) is not _alert(entry):
            self.generation += 1
        self._entries[entry.key] = entry
        if isinstance(entry, CancelEntry) or entry.end:
            self._active.pop(entry.key, None)
        else:
            self._active[entry.key] = entry


def _alert(entry: AnyEntry) -> Alert | None:
    return entry.alert if isinstance(entry, AlertEntry) else None


def _name(key: Key) -> str:
    return f"memory/{key[0]}.{key[1]}"
