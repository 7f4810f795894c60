"""What a believed plan changes: memory, receipts, what sounds and what is fetched ahead.

The plan is in flash before anything follows from it; after a power cut `recover` makes up for what did not.
"""

from collections.abc import Callable

from devices.protocol.errors import Conflicting
from devices.protocol.messages.plans import Plan
from firmware_sim import airings, wants
from firmware_sim.books import Books
from firmware_sim.conductor import Conductor
from firmware_sim.entries import PlayEntry
from firmware_sim.flash import Flash
from firmware_sim.intake import essence
from firmware_sim.orders import End
from firmware_sim.permits import other_version_sounded
from firmware_sim.plan import HeldPlan
from firmware_sim.shelf import Shelf
from firmware_sim.trusted import Trusted


class PlanIntake:
    """`refuse` hears of an airing that stands under a known name with other content."""

    def __init__(
        self,
        held: HeldPlan,
        trusted: Trusted,
        flash: Flash,
        books: Books,
        conductor: Conductor,
        shelf: Shelf,
        refuse: Callable[[str, str, int], None],
    ) -> None:
        self._held = held
        self._trusted = trusted
        self._flash = flash
        self._books = books
        self._memory = books.memory
        self._conductor = conductor
        self._shelf = shelf
        self._refuse = refuse

    def on_plan(self, plan: Plan, digest: str, by: str, now: int | None, mono: int) -> None:
        """A higher number replaces the plan; Stale, Conflicting or NoSpace leave it as it is."""
        if not self._held.is_new(plan, digest):
            if self._trusted.outranks(by, self._held.by):
                self._held.vouch(by)
            return
        for entry in airings.absent(self._memory.active(), plan):
            self._memory.put(entry)  # the flash forgets with the old plan what it has not written down
        self._held.take(plan, digest, wants.staged(plan, self._flash.whole(), now), by)
        self._cancel_absent(plan, mono)
        self._memory.named = airings.names(plan)
        for entry in airings.entries(plan, by):
            self._take(entry, now, mono)
        self._conductor.look_again(mono)

    def remember(self) -> None:
        """At power-up: airings that nothing has happened to yet stand in the plan alone."""
        plan = self._held.plan
        if plan is None:
            return
        self._memory.named = airings.names(plan)
        for entry in airings.entries(plan, self._held.by):
            known = self._memory.get(entry.key)
            if known is None and self._memory.has_room_for_airing(None):
                self._memory.keep(entry)
            elif isinstance(known, PlayEntry) and essence(known.play) == essence(entry.play):
                self._mark(known, entry)

    def recover(self, mono: int) -> None:
        """At power-up, when all that sounded is closed: end what the plan does not name."""
        if self._held.plan is not None:
            self._cancel_absent(self._held.plan, mono)

    def _cancel_absent(self, plan: Plan, mono: int) -> None:
        for entry in airings.absent(self._memory.active(), plan):
            self._conductor.stop(entry.key, "cancelled", mono)
            self._books.end(self._memory.active_entry(entry.key), End("cancelled"), mono)
            self._books.note("cancel", mono, order=entry.order, occurrence=entry.occurrence)

    def _take(self, entry: PlayEntry, now: int | None, mono: int) -> None:
        known = self._memory.get(entry.key)
        if known is None:
            self._add(entry, now, mono)
        elif isinstance(known, PlayEntry) and essence(known.play) != essence(entry.play):
            self._refuse(Conflicting.code, entry.order, mono)
        elif isinstance(known, PlayEntry):
            self._mark(known, entry)

    def _mark(self, known: PlayEntry, entry: PlayEntry) -> None:
        if known.end is None and (known.planned != entry.planned or known.doubted):
            self._memory.put(known.model_copy(update={"planned": entry.planned, "by": entry.by, "doubted": False}))

    def _add(self, entry: PlayEntry, now: int | None, mono: int) -> None:
        if not self._memory.has_room_for_airing(now):
            self._books.turn_away(entry, End("refused", "no_memory"), mono)
        elif now is not None and now >= entry.expires_at:
            self._books.end(entry, End("expired", "late"), mono)
        elif other_version_sounded(entry, self._memory.get):
            self._books.end(entry, End("refused", "other_version"), mono)
        else:
            self._memory.keep(entry)
            if entry.play.sha256 in self._shelf:
                self._books.have(entry, mono)
