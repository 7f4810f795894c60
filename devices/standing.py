"""Where a speaker is in its life: in service, lost, stolen, replaced or retired. A table, and nothing beside it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Standing(StrEnum):
    IN_SERVICE = "in_service"
    LOST = "lost"
    """Nobody knows where it is."""
    STOLEN = "stolen"
    REPLACED = "replaced"
    """Another box has its place; see `Device.replaced_by`."""
    RETIRED = "retired"
    """Taken down for good."""


_S = Standing
STEPS: Mapping[Standing, frozenset[Standing]] = MappingProxyType(
    {
        _S.IN_SERVICE: frozenset({_S.LOST, _S.STOLEN, _S.REPLACED, _S.RETIRED}),
        _S.LOST: frozenset({_S.IN_SERVICE, _S.STOLEN, _S.REPLACED, _S.RETIRED}),
        _S.STOLEN: frozenset({_S.IN_SERVICE, _S.LOST, _S.REPLACED, _S.RETIRED}),
        _S.REPLACED: frozenset(),
        _S.RETIRED: frozenset(),
    }
)
"""What may follow. Who was replaced or retired joins anew, as another speaker."""


def may_become(standing: str, wanted: Standing) -> bool:
    """Whether a person may say so; what it is already, it may be."""
    return standing == wanted or wanted in STEPS[Standing(standing)]
