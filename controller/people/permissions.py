"""Who may do what: one table. Where, is `rights.py`."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Action(StrEnum):
    SEE = "see"
    AREA_CREATE = "area.create"
    AREA_CHANGE = "area.change"
    DEVICE_REGISTER = "device.register"
    DEVICE_ENROL = "device.enrol"
    DEVICE_REVOKE = "device.revoke"
    AIR_EDIT = "air.edit"
    CALENDAR_EDIT = "calendar.edit"
    ECHO_APPLY = "echo.apply"
    BULLETIN_CREATE = "bulletin.create"
    BULLETIN_RECALL = "bulletin.recall"
    GLOSSARY_EDIT = "glossary.edit"
    PROGRAMME_EDIT = "programme.edit"
    BROADCAST_CREATE = "broadcast.create"
    BROADCAST_STOP = "broadcast.stop"
    UNAPPROVED = "unapproved"
    """What they order needs nobody's approval, unless the policy of the place asks for it."""
    ALERT_CREATE = "alert.create"
    ALERT_CANCEL = "alert.cancel"
    INCIDENT_CLOSE = "incident.close"
    TRUST_EXPORT = "trust.export"
    APPROVE = "approve"
    POLICY_EDIT = "policy.edit"
    """When a second person is needed."""
    PERSON_EDIT = "person.edit"
    PERSON_FORGET = "person.forget"
    ROLE_GIVE = "role.give"
    KEY_CREATE = "key.create"
    KEYS_ROTATE = "keys.rotate"
    KEYS_REVOKE = "keys.revoke"
    KEYS_NEW_ROOT = "keys.new_root"
    KEYS_ROOT_OFFLINE = "keys.root_offline"
    KEYS_RESEAL = "keys.reseal"
    AUDIT_READ = "audit.read"


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    EDITOR = "editor"
    APPROVER = "approver"
    OPERATOR = "operator"
    EMERGENCY = "emergency"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    VIEWER = "viewer"


_STOPS = {Action.BROADCAST_STOP, Action.BULLETIN_RECALL}
_WRITES = {Action.BULLETIN_CREATE, Action.BROADCAST_CREATE, Action.GLOSSARY_EDIT}
_TENDS = {
    Action.DEVICE_REGISTER, Action.DEVICE_ENROL, Action.DEVICE_REVOKE, Action.ECHO_APPLY, Action.INCIDENT_CLOSE,
    Action.TRUST_EXPORT,
}  # fmt: skip

ROLES: Mapping[str, frozenset[Action]] = MappingProxyType(
    {
        Role.ADMINISTRATOR: frozenset(Action),
        Role.EDITOR: frozenset({Action.SEE, Action.PROGRAMME_EDIT} | _WRITES),
        Role.APPROVER: frozenset({Action.SEE, Action.APPROVE} | _STOPS),
        Role.OPERATOR: frozenset({Action.SEE, Action.UNAPPROVED} | _WRITES | _STOPS),
        Role.EMERGENCY: frozenset({Action.SEE, Action.ALERT_CREATE, Action.ALERT_CANCEL}),
        Role.TECHNICIAN: frozenset({Action.SEE} | _TENDS),
        Role.AUDITOR: frozenset({Action.SEE, Action.AUDIT_READ}),
        Role.VIEWER: frozenset({Action.SEE}),
    }
)
"""Role to what it carries."""


def carries(role: str, action: Action) -> bool:
    """Whether a role carries the right; an unknown role carries none."""
    return action in ROLES.get(role, frozenset())
