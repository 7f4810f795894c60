"""The words of a history: each deed is known by the name of its function."""

from collections.abc import Callable

Deed = Callable[..., None]
DEEDS: dict[str, Deed] = {}


def deed(told: Deed) -> Deed:
    DEEDS[told.__name__] = told
    return told
