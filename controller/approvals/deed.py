"""What can be asked for: done at once, or kept as it was asked until a second person has approved it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter
from sqlmodel import Session

from controller.people.approval_rules import Nature
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.rights import Place, Tree

Wish = TypeVar("Wish")


@dataclass(frozen=True)
class Ports:
    """What carrying something out takes from outside."""

    new_id: Callable[[], str]
    tree: Tree
    lead_ms: int = 400
    alert_lead_ms: int = 400


@dataclass(frozen=True)
class Seen:
    """What came of a wish: read after it was carried out, which may then be taken back."""

    said: str
    """In a line, for people."""
    places: frozenset[Place]
    """Where whoever approves must have the right to."""
    matters: bool = True
    """Not: nobody needs to approve it, whoever asks."""
    areas: frozenset[Place] = frozenset()
    """Areas that would sound as a whole, whoever stands there then."""
    speakers: frozenset[str] = frozenset()
    """Those that would sound."""
    rank: str = "normal"
    sources: frozenset[str] = frozenset()
    start_at: int | None = None
    """us UTC; None: as soon as it is approved, or by a rule."""
    until: int | None = None
    """It makes no sense from then on, us UTC."""
    subject: str | None = None
    bulletin: str | None = None
    pins: Mapping[str, object] = field(default_factory=dict)
    """What must be the same when it is approved: otherwise it would be something else."""


class Deed(Protocol[Wish]):
    """One kind of wish. `shape` reads it from and writes it as JSON."""

    kind: str
    action: Action
    nature: Nature
    shape: TypeAdapter[Wish]

    def do(self, session: Session, wish: Wish, act: Act, ports: Ports) -> str:
        """Carry it out and give the id of what was made; raises what refuses it."""
        ...

    def look(self, session: Session, wish: Wish, made: str, act: Act) -> Seen:
        """What came of it."""
        ...

    def check(self, session: Session, wish: Wish, caller: Caller, seen: Seen) -> None:
        """NotAllowed where the caller may not ask for this."""
        caller.require(self.action, *seen.places)


AnyDeed = Deed[Any]
