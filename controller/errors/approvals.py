"""Refusals: second persons."""

from controller.errors.base import LoaError


class ApprovalUnknown(LoaError):
    """No such request, or none that concerns the caller."""

    code = "approval_unknown"


class ApprovalOver(LoaError):
    """It was decided before, or nobody decided in time."""

    code = "approval_over"


class OwnRequest(LoaError):
    """Whoever asked, and who counts as one with them, does not approve it."""

    code = "own_request"


class PersonNeeded(LoaError):
    """A program may not do this where there is a person who could."""

    code = "person_needed"


class ChangedSince(LoaError):
    """What was asked for is not what would be carried out now: it must be asked anew."""

    code = "changed_since"


class CodeNeeded(LoaError):
    """Nobody else is there who could be the second person: a code of the second factor is asked for instead."""

    code = "code_needed"
