"""Who may do what: one table. Rights by area come with people; for now a key has a role everywhere."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Action(StrEnum):
    SEE = "see"
    AREA_CREATE = "area.create"
    DEVICE_REGISTER = "device.register"
    AIR_EDIT = "air.edit"
    CALENDAR_EDIT = "calendar.edit"
    ECHO_APPLY = "echo.apply"
    BULLETIN_CREATE = "bulletin.create"
    BULLETIN_RECALL = "bulletin.recall"
    GLOSSARY_EDIT = "glossary.edit"
    PROGRAMME_EDIT = "programme.edit"
    BROADCAST_CREATE = "broadcast.create"
    BROADCAST_STOP = "broadcast.stop"
    ALERT_CREATE = "alert.create"
    ALERT_CANCEL = "alert.cancel"
    INCIDENT_CLOSE = "incident.close"
    TRUST_EXPORT = "trust.export"
    KEY_CREATE = "key.create"
    DEVICE_ENROL = "device.enrol"
    DEVICE_REVOKE = "device.revoke"


ROLES: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        "administrator": frozenset(Action),
        "emergency": frozenset({Action.SEE, Action.ALERT_CREATE, Action.ALERT_CANCEL}),
        "viewer": frozenset({Action.SEE}),
    }
)


def may(role: str, action: Action) -> bool:
    """Whether a role carries the right; an unknown role carries none."""
    return action in ROLES.get(role, frozenset())
