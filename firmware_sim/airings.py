"""From a plan to what the speaker remembers: its airings as entries, and what it no longer names. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from devices.protocol.messages.orders import Play
from devices.protocol.messages.plans import Airing, Plan
from devices.protocol.units import MILLI
from firmware_sim.entries import AlertEntry, Key, Planned, PlayEntry

_PLAY_FIELDS, _ENTRY_FIELDS = set(Play.model_fields), set(PlayEntry.model_fields)
"""What was set is the same for all of them: a set in each would be half of what thousands of airings weigh."""


def names(plan: Plan) -> frozenset[Key]:
    """Under what its airings are remembered."""
    return frozenset((airing.order, airing.order) for airing in plan.airings)


def entries(plan: Plan, by: str = "") -> Iterator[PlayEntry]:
    """Each airing as an order that nothing has happened to yet; `by`: id of the key that said the plan."""
    shared = [piece.model_dump(exclude={"size", "lives"}) for piece in plan.pieces]
    return (_entry(plan, airing, shared[airing.piece], by) for airing in plan.airings)


def absent(open_entries: Iterable[PlayEntry | AlertEntry], plan: Plan) -> list[PlayEntry]:
    """What an older plan named and this one does not; what expires before it was issued may end by itself."""
    named = names(plan)
    planned = (entry for entry in open_entries if isinstance(entry, PlayEntry) and entry.planned)
    return [entry for entry in planned if entry.key not in named and entry.expires_at > plan.issued_at]


def _entry(plan: Plan, airing: Airing, shared: Mapping[str, Any], by: str) -> PlayEntry:
    piece = plan.pieces[airing.piece]
    play = Play.model_construct(
        _PLAY_FIELDS,
        tenant=plan.tenant,
        to=plan.to,
        issued_at=plan.issued_at,
        order=airing.order,
        occurrence=airing.order,
        start_at=airing.start_at,
        expires_at=airing.start_at + piece.lives * MILLI,
        **shared,
    )
    planned = Planned(size=piece.size, instead=airing.instead)
    return PlayEntry.model_construct(
        _ENTRY_FIELDS,
        order=airing.order,
        occurrence=airing.order,
        expires_at=play.expires_at,
        play=play,
        planned=planned,
        by=by,
    )
