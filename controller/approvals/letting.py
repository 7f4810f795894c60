"""A bulletin let to programmes: by its category or as a version it would sound in what was approved without it."""

from dataclasses import dataclass, replace

from pydantic import TypeAdapter
from sqlmodel import Session

from controller.approvals.deed import Deed, Ports, Seen
from controller.approvals.planning import seen_of
from controller.library.bulletins import get_bulletin
from controller.library.models import Bulletin
from controller.people.approval_rules import Nature
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.programmes.reading import read_programmes
from scheduler.programmes.programme import OneBulletin, Programme


@dataclass(frozen=True)
class Letting:
    bulletin: str


class BulletinLetting(Deed[Letting]):
    kind = "bulletin"
    action = Action.BULLETIN_CREATE
    nature = Nature.SOUND
    shape = TypeAdapter(Letting)

    def do(self, session: Session, wish: Letting, act: Act, ports: Ports) -> str:
        get_bulletin(session, wish.bulletin).held = False
        session.flush()
        return wish.bulletin

    def look(self, session: Session, wish: Letting, made: str, act: Act) -> Seen:
        row = get_bulletin(session, wish.bulletin)
        original = row if row.original_id is None else get_bulletin(session, row.original_id)
        kept = read_programmes(session).values()
        taking = [one.wish for one in kept if takes(one.wish, original) and not one.wish.paused]
        seen = seen_of(session, taking)
        return replace(
            seen, said=f"{row.title} → {len(seen.speakers)}", places=seen.places or frozenset({row.owner_id}),
            sources=frozenset({row.kind}), matters=is_taken(row), subject=row.id, bulletin=row.id, pins={},
        )  # fmt: skip

    def check(self, session: Session, wish: Letting, caller: Caller, seen: Seen) -> None:
        caller.require(self.action, get_bulletin(session, wish.bulletin).owner_id)


def is_taken(row: Bulletin) -> bool:
    """Whether a programme may take it by itself."""
    return row.category is not None or row.original_id is not None


def takes(wish: Programme, original: Bulletin) -> bool:
    """Whether this programme would say this bulletin, and so its versions: each speaker hears its own language."""
    if isinstance(wish.content, OneBulletin):
        return wish.content.bulletin == original.id
    return wish.content.category == original.category
