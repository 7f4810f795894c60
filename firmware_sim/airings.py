"""From a plan to what the speaker remembers: its airings as entries, and what it no longer names. Pure."""

from collections.abc import Iterable, Iterator

from devices.protocol.messages.orders import Play
from devices.protocol.messages.plans import Airing, Plan
from devices.protocol.units import MILLI
from firmware_sim.entries import AlertEntry, Key, Planned, PlayEntry


def names(plan: Plan) -> frozenset[Key]:
    """Under what its airings are remembered."""
    return frozenset((airing.order, airing.order) for airing in plan.airings)


def entries(plan: Plan) -> Iterator[PlayEntry]:
    """Each airing as an order that nothing has happened to yet."""
    return (_entry(plan, airing) for airing in plan.airings)


def absent(open_entries: Iterable[PlayEntry | AlertEntry], plan: Plan) -> list[PlayEntry]:
    """What an older plan named and this one does not; what expires before it was issued may end by itself."""
    named = names(plan)
    planned = (entry for entry in open_entries if isinstance(entry, PlayEntry) and entry.planned)
    return [entry for entry in planned if entry.key not in named and entry.expires_at > plan.issued_at]


def _entry(plan: Plan, airing: Airing) -> PlayEntry:
    piece = plan.pieces[airing.piece]
    play = Play(
        tenant=plan.tenant,
        to=plan.to,
        issued_at=plan.issued_at,
        order=airing.order,
        occurrence=airing.order,
        start_at=airing.start_at,
        expires_at=airing.start_at + piece.lives * MILLI,
        **piece.model_dump(exclude={"size", "lives"}),
    )
    planned = Planned(size=piece.size, instead=airing.instead)
    return PlayEntry(
        order=airing.order, occurrence=airing.order, expires_at=play.expires_at, play=play, planned=planned
    )
