"""May this caller do this to what they name, in an address or in a body?"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session, col, select

from controller.errors.callers import NotAllowed
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.subjects import FINDERS, UNKNOWN, Places
from devices.models import Device
from devices.protocol.units import UUID_PATTERN
from devices.registry import LOT

UUID = re.compile(UUID_PATTERN)
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "area": "area", "areas": "area", "owner": "area", "parent": "area", "into": "area", "device": "device",
        "replaces": "device", "devices": "device",
        "groups": "group", "zone": "zone",
    }
)  # fmt: skip
"""Field of a body to the kind of what it names: there something is to be, or to be changed."""
CONTENTS: Mapping[str, str] = MappingProxyType(
    {"bulletin": "bulletin", "members": "bulletin", "version_of": "bulletin", "first": "programme",
     "second": "programme", "person": "person"}
)  # fmt: skip
"""What is only used: it has to be seen, and stays as it is."""


def admit(
    session: Session, caller: Caller, action: Action, subjects: Iterable[tuple[str, str]], *, installation: bool = False
) -> None:
    """NotAllowed without the right; the subject's own "unknown" where the caller may not even see it.

    `subjects`: kind (a name in `FINDERS`) and id of each thing that they name. `installation`: the right must be
    one over the whole of it. What is not there is left to whoever reads it: an address is "not found" there, a
    body is wrong.
    """
    caller.require(action)
    if installation:
        caller.require(action, None)
    if caller.rights.everywhere(action) and caller.rights.everywhere(Action.SEE):
        return
    for kind, subject in subjects:
        _admit_to(caller, action, kind, subject, FINDERS[kind](session, subject))


def admit_named(session: Session, caller: Caller, action: Action, said: BaseModel) -> None:
    """As `admit`, for everything that a body names."""
    if caller.rights.everywhere(action) and caller.rights.everywhere(Action.SEE):
        return
    named = list(_named(said.model_dump()))
    homes = _homes(session, [subject for field, subject in named if PLACES.get(field) == "device"])
    for field, subject in named:
        kind = PLACES.get(field) or CONTENTS[field]
        if kind == "area":  # the tree is known: many are named
            places = Places(frozenset({subject}))
        elif kind == "device" and subject in homes:
            places = Places(frozenset({homes[subject]}))
        else:
            places = FINDERS[kind](session, subject)
        _admit_to(caller, action, kind, subject, places, used=field in CONTENTS)


def admit_to_either(session: Session, caller: Caller, action: Action, kind: str, one: str, other: str) -> None:
    """For what concerns two things where both meet: both are seen, and one of them is theirs to change."""
    admit(session, caller, Action.SEE, [(kind, one), (kind, other)])
    owners = (FINDERS[kind](session, subject).owners_for(caller) for subject in (one, other))
    if not any(caller.rights.may_at_all(action, places) for places in owners):
        raise NotAllowed(action=action.value)


def _named(said: Any) -> Iterator[tuple[str, str]]:
    """Field and id of everything that is named, however deep."""
    for field, value in said.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, dict):
                yield from _named(one)
            elif isinstance(one, str) and field in PLACES.keys() | CONTENTS.keys() and UUID.fullmatch(one):
                yield field, one


def _homes(session: Session, devices: list[str]) -> dict[str, str]:
    """Speaker to its area."""
    found: dict[str, str] = {}
    for begin in range(0, len(devices), LOT):
        rows = select(Device.id, Device.area_id).where(col(Device.id).in_(devices[begin : begin + LOT]))
        found.update(session.exec(rows).all())
    return found


def _admit_to(caller: Caller, action: Action, kind: str, subject: str, places: Places, *, used: bool = False) -> None:
    """Who may act at a place knows what is there. `used`: it stays as it is, so that knowing it is enough."""
    held = caller.rights.may_at_all(action, places.owners_for(caller))
    if not held and not places.seen_by(caller):
        raise UNKNOWN[kind](**{kind: subject})
    if not held and not used and action is not Action.SEE:
        raise NotAllowed(action=action.value)
