"""What the planner, a trace or a refusal says, without what the caller may not see.

Speakers of others are not counted; where something of others keeps a time, it is told that something does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from controller.errors.base import LoaError
from controller.exchange.feed import Event
from controller.programmes.checking import DISPLACED, Collision, clash_data
from controller.programmes.conflicts import Conflict
from controller.programmes.preview import Preview, Silent, Slot
from controller.programmes.trial import Trial
from controller.reach.sight import Sight
from controller.why.known import Evidence, Meant
from devices.errors import DeviceError

Heard = TypeVar("Heard", Slot, Silent, Conflict, Collision)


def veiled_preview(sight: Sight, found: Preview) -> Preview:
    if sight.everything:
        return found
    slots, silent = _at_theirs(sight, found.slots), _at_theirs(sight, found.silent)
    known = _known(sight, [*(one.after for one in slots), *(one.by for one in silent)])
    return Preview(
        tuple(one if one.after in known else replace(one, after="", after_title="") for one in slots),
        tuple(one if _is_theirs(one, known) else replace(one, by="", by_title="") for one in silent),
    )


def veiled_events(sight: Sight, found: Sequence[Event]) -> list[Event]:
    if sight.everything:
        return list(found)
    known = _known(sight, (one.by for one in found))
    return [replace(one, by="") if one.reason in DISPLACED and one.by not in known else one for one in found]


def veiled_conflicts(sight: Sight, found: Sequence[Conflict]) -> list[Conflict]:
    if sight.everything:
        return list(found)
    theirs = _at_theirs(sight, found)
    known = _known(sight, (name for one in theirs for name in (one.first, one.second)))
    return [_veiled_conflict(one, known) for one in theirs]


def veiled_collisions(sight: Sight, found: Sequence[Collision]) -> list[Collision]:
    if sight.everything:
        return list(found)
    theirs = _at_theirs(sight, found)
    known = _known(sight, (one.other for one in theirs))
    return [one if one.other in known else replace(one, other="", title="") for one in theirs]


def veiled_trial(sight: Sight, found: Trial) -> Trial:
    ahead = veiled_preview(sight, Preview(found.slots, found.silent))
    return Trial(ahead.slots, ahead.silent, tuple(veiled_collisions(sight, found.collisions)))


def veiled_evidence(sight: Sight, found: Evidence) -> Evidence:
    if sight.everything:
        return found
    orders = [*found.meant, *([found.nearest] if found.nearest else [])]
    known = _known(sight, [*(one.by_id for one in found.foreseen), *(name for one in orders for name in one.instead)])

    def meant(one: Meant) -> Meant:
        return replace(one, instead=tuple(name for name in one.instead if name in known))

    hidden = {one.value for one in DISPLACED} | {None}
    return replace(
        found, meant=[meant(one) for one in found.meant], nearest=meant(found.nearest) if found.nearest else None,
        foreseen=[
            replace(one, by="", by_id="") if one.reason in hidden and one.by_id not in known else one
            for one in found.foreseen
        ],
    )  # fmt: skip


def veiled_data(sight: Sight, error: Exception) -> Mapping[str, Any]:
    """What a refusal tells its caller."""
    assert isinstance(error, (LoaError, DeviceError))  # noqa: S101 what has such a code is one of these
    return error.data if sight.everything else VEILED[error.code](sight, error)


def _only(kind: str, field: str) -> Callable[[Sight, Any], Mapping[str, Any]]:
    def only(sight: Sight, error: Any) -> Mapping[str, Any]:
        named = error.data.get(field)
        several = [named] if isinstance(named, str) else list(named or ())
        known = sight.seen(kind, several)
        kept = [name for name in several if name in known]
        return {**error.data, field: kept if not isinstance(named, str) else (kept or [None])[0]}

    return only


def _collisions(sight: Sight, error: Any) -> Mapping[str, Any]:
    own = {name: value for name, value in error.data.items() if name not in {"collisions", "count", "shift_s"}}
    return own | clash_data(veiled_collisions(sight, error.collisions))


VEILED: Mapping[str, Callable[[Sight, Any], Mapping[str, Any]]] = MappingProxyType(
    {
        "public_key_taken": _only("device", "device"), "area_full": _only("area", "area"),
        "clash": _only("broadcast", "broadcasts"), "group_in_use": _only("programme", "programmes"),
        "programme_clash": _collisions,
    }
)  # fmt: skip
"""Code of a refusal that names what the caller did not, to what is left of it."""


def _at_theirs(sight: Sight, found: Iterable[Heard]) -> list[Heard]:
    mine = sight.speakers or frozenset()
    return [replace(one, devices=one.devices & mine) for one in found if not mine.isdisjoint(one.devices)]


def _known(sight: Sight, names: Iterable[str]) -> set[str]:
    """Those of these programmes and orders that are seen, and what is none."""
    asked = set(names) - {""}
    return sight.seen("programme", asked) | sight.seen("broadcast", asked) | {""}


def _is_theirs(one: Silent, known: set[str]) -> bool:
    return one.reason not in DISPLACED or one.by in known


def _veiled_conflict(one: Conflict, known: set[str]) -> Conflict:
    if one.first not in known:
        one = replace(one, first="", first_title="", asks=False)
    return one if one.second in known else replace(one, second="", second_title="", asks=False)
