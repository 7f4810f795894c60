"""Orders, alerts and cancels that the speaker must not forget, across reboots.

Bounded: what has been over for a day is forgotten. When the places are used up, orders are refused first, then
cancels of orders never seen; the last places are for alerts alone.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from pydantic import ValidationError

from devices.protocol.messages.alerts import Alert
from devices.protocol.units import DAY
from firmware_sim.entries import ENTRY, AlertEntry, AnyEntry, CancelEntry, Key, PlayEntry
from firmware_sim.flash import Flash

PLACES: dict[type[AnyEntry], int] = {PlayEntry: 384, CancelEntry: 448, AlertEntry: 512}
"""How many entries there may be, airings of plans apart, once one of this kind has been added."""
AIRINGS = 512
"""How many airings of plans there may be besides: two plans, as those that have ended are remembered, too."""
REMEMBERED = DAY
"""How long after its expiry an entry is kept, us."""


class Memory:
    def __init__(self, flash: Flash) -> None:
        self._flash = flash
        self._entries: dict[Key, AnyEntry] = {}
        self._active: dict[Key, PlayEntry | AlertEntry] = {}
        self._alerts: dict[Key, AlertEntry] = {}
        self._starts: list[tuple[int, Key]] = []
        """Starts of bulletins without an end, in order."""
        self._airings = 0
        self.generation = 0
        """Changes whenever another set of blobs may be needed."""
        self.named: frozenset[Key] = frozenset()
        """What the plan names: an airing must not be forgotten and taken for a new one."""
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

    def keep(self, entry: PlayEntry) -> None:
        """Keep an entry until the next boot: what the plan tells again need not be written before it changes."""
        self._keep(entry)

    def drop(self, key: Key) -> None:
        """As if never heard of."""
        entry = self._entries.pop(key)
        self._airings -= is_airing(entry)
        self._end(key)
        self._flash.delete(_name(key))
        self.generation += 1

    def active_entry(self, key: Key) -> PlayEntry | AlertEntry:
        """The entry of an order that has not ended; KeyError for any other."""
        return self._active[key]

    def active(self) -> Iterator[PlayEntry | AlertEntry]:
        """Orders and alerts without an end."""
        return iter(tuple(self._active.values()))

    def near(self, by: int) -> list[PlayEntry | AlertEntry]:
        """Alerts without an end, and those bulletins whose start is not after `by` (us UTC)."""
        due = self._starts[: bisect_right(self._starts, by, key=_start)]
        return [*self._alerts.values(), *(self._active[key] for _, key in due)]

    def next_start(self, after: int) -> int | None:
        """The first start of a bulletin after an instant, us UTC."""
        place = bisect_right(self._starts, after, key=_start)
        return self._starts[place][0] if place < len(self._starts) else None

    def known(self) -> Iterator[AnyEntry]:
        """All that is remembered, ended or not."""
        return iter(self._entries.values())

    def has_room(self, kind: type[AnyEntry], now: int) -> bool:
        """Whether one more of this kind may be added at `now` (us UTC); forgets what is long over."""
        if len(self._entries) - self._airings >= PLACES[kind]:
            self.forget(now)
        return len(self._entries) - self._airings < PLACES[kind]

    def has_room_for_airing(self, now: int | None) -> bool:
        """The same for one more airing of a plan; without valid time nothing is forgotten."""
        if self._airings >= AIRINGS and now is not None:
            self.forget(now)
        return self._airings < AIRINGS

    def forget(self, now: int) -> None:
        for key, entry in list(self._entries.items()):
            if entry.end and entry.expires_at + REMEMBERED < now and key not in self.named:
                self._airings -= is_airing(entry)
                del self._entries[key]
                self._flash.delete(_name(key))

    def _keep(self, entry: AnyEntry) -> None:
        before = self._entries.get(entry.key)
        if before is None or before.end != entry.end or _alert(before) is not _alert(entry):
            self.generation += 1
        self._airings += is_airing(entry) - (before is not None and is_airing(before))
        self._entries[entry.key] = entry
        if isinstance(entry, CancelEntry) or entry.end:
            self._end(entry.key)
        elif isinstance(entry, AlertEntry):
            self._active[entry.key] = self._alerts[entry.key] = entry
        else:
            if entry.key not in self._active:
                insort(self._starts, (entry.play.start_at, entry.key))
            self._active[entry.key] = entry

    def _end(self, key: Key) -> None:
        self._alerts.pop(key, None)
        active = self._active.pop(key, None)
        if isinstance(active, PlayEntry):
            del self._starts[bisect_left(self._starts, (active.play.start_at, key))]


def _alert(entry: AnyEntry) -> Alert | None:
    return entry.alert if isinstance(entry, AlertEntry) else None


def is_airing(entry: AnyEntry) -> bool:
    """Whether a plan names it, or named it."""
    return isinstance(entry, PlayEntry) and entry.planned is not None


def _start(one: tuple[int, Key]) -> int:
    return one[0]


def _name(key: Key) -> str:
    return f"memory/{key[0]}.{key[1]}"
