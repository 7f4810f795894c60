"""What a programme would do if it were saved: heard, silent and colliding; nothing is kept."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from controller.programmes.checking import LOOKED_AHEAD, Collision, examine, first_look
from controller.programmes.keeping import OnClash, find_programme, overruling
from controller.programmes.named import read_named
from controller.programmes.preview import Silent, Slot, foresee
from controller.programmes.reading import Kept, read_programmes, situation
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme


@dataclass(frozen=True)
class Trial:
    """Of the two months from its first time on."""

    slots: tuple[Slot, ...]
    silent: tuple[Silent, ...]
    collisions: tuple[Collision, ...]


def try_programme(session: Session, name: str, wish: Programme, now: int, on_clash: OnClash) -> Trial:
    """As `create_programme` under a `name` that is new. Raises what it raises, but shows what collides."""
    row = ProgrammeRow(
        id=name, title=wish.title, owner_id=wish.owner, said={}, created_at=now, created_by="", changed_at=now
    )
    return _tried(session, Kept(row, wish), now, on_clash)


def try_change(session: Session, programme: str, wish: Programme, now: int, on_clash: OnClash) -> Trial:
    """As `change_programme`."""
    known = find_programme(session, programme).model_dump()
    return _tried(session, Kept(ProgrammeRow(**known | {"changed_at": now}), wish), now, on_clash)


def _tried(session: Session, kept: Kept, now: int, on_clash: OnClash) -> Trial:
    read_named(session, [kept.wish]).check(kept.wish)
    collisions = examine(session, kept, now)
    decided = overruling(session, kept, now, collisions) if on_clash == "overwrite" else []
    begin = first_look(kept, now)
    state = situation(session, begin, begin + LOOKED_AHEAD, now, read_programmes(session) | {kept.row.id: kept})
    state = replace(state, decisions=[*state.decisions, *decided])
    found = foresee(state, begin, begin + LOOKED_AHEAD)
    return Trial(
        tuple(slot for slot in found.slots if slot.programme == kept.row.id),
        tuple(one for one in found.silent if one.programme == kept.row.id),
        tuple(collisions),
    )
