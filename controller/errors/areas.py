"""Refusals: changes of the tree of areas."""

from controller.errors.base import LoaError


class ParentUnclear(LoaError):
    """Areas that lie in different ones become a new one, and nobody has said in which that lies."""

    code = "parent_unclear"


class ChangeOutdated(LoaError):
    """What a change of areas would do is not what was shown: something has changed since."""

    code = "change_outdated"
