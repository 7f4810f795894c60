"""A place that a body names, and the right that is asked for there."""

from sqlmodel import Session

from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.rights import Place
from devices.errors import AreaUnknown
from devices.registry import parents


def require_there(session: Session, who: Caller, action: Action, area: Place) -> None:
    """AreaUnknown where it is not there or they may not even see it; NotAllowed without the right."""
    if area is not None:
        parents(session, area)
        if not who.sees(area):
            raise AreaUnknown(area=area)
    who.require(action, area)


def administered(who: Caller, action: Action) -> frozenset[str] | None:
    """All areas where they may; None: everywhere."""
    return who.rights.areas(action)
