"""Refusals: persons, their rights and their keys."""

from controller.errors.base import LoaError


class GrantUnknown(LoaError):
    code = "grant_unknown"


class OwnRole(LoaError):
    """Nobody gives a role to themselves."""

    code = "own_role"


class LastAdministrator(LoaError):
    """Nobody would be left who may do everything in the whole installation."""

    code = "last_administrator"


class EndInPast(LoaError):
    """A role or a key would be over before it begins."""

    code = "end_in_past"


class DelegationInvalid(LoaError):
    """A role is lent for 60 days at most, from now on."""

    code = "delegation_invalid"


class LinkRefused(LoaError):
    """A link would let somebody in as another who may be a second person."""

    code = "link_refused"


class ApiKeyUnknown(LoaError):
    code = "api_key_unknown"


class TooManyRequests(LoaError):
    """The key asks more often than it may."""

    code = "too_many_requests"


class PersonUnknown(LoaError):
    code = "person_unknown"


class PersonStillIn(LoaError):
    """Only who has been put out is forgotten: that takes what putting out takes, a second person too."""

    code = "person_still_in"


class RoleUnknown(LoaError):
    code = "role_unknown"
