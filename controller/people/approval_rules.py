"""When a second person is needed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BY_PROGRAM = "program"
"""Among the sources of a policy: what programs order waits too."""
SOURCES = frozenset({"text", "upload", "playlist", "relay", BY_PROGRAM})


class Reason(StrEnum):
    """Why a second person is needed."""

    SENSITIVE = "sensitive"
    EVERYONE = "everyone"
    ROLE = "role"
    RANK = "rank"
    SIZE = "size"
    SOURCE = "source"


class Nature(StrEnum):
    """What is asked for: something to be said, an emergency, or a change of who may do what."""

    SOUND = "sound"
    ALERT = "alert"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Policy:
    """What an area wants a second person for, beyond what always needs one."""

    ranks: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    from_speakers: int | None = None
    """From so many speakers on."""
    from_percent: int | None = None
    """From such a share of the installation's speakers on."""
    hours: int = 48
    """How long a request waits."""


@dataclass(frozen=True)
class Facts:
    """What a wish would do. `everyone`: all speakers of the installation or of one of its root areas."""

    nature: Nature
    everyone: bool = False
    speakers: int = 0
    of: int = 0
    """Speakers of the installation."""
    rank: str = "normal"
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True)
class By:
    """Who asks. `unapproved`: what they order needs nobody's approval by itself, at all of its places."""

    person: bool
    unapproved: bool = False


def second_person(policy: Policy, wish: Facts, by: By) -> Reason | None:
    """Why a second person is needed; None: none is.

    A program is its own, so that an emergency sounds without a hand; unless the policy names programs.
    """
    if wish.nature is Nature.SENSITIVE:
        return Reason.SENSITIVE
    if not by.person:
        waits = wish.nature is Nature.SOUND and BY_PROGRAM in policy.sources
        return Reason.SOURCE if waits else None
    if wish.everyone:
        return Reason.EVERYONE
    if wish.nature is Nature.ALERT:
        return None
    return _by_policy(policy, wish) if by.unapproved else Reason.ROLE


def strictest(policies: Iterable[Policy]) -> Policy:
    """All of them at once: no area further down loosens what one above it wants."""
    found = list(policies)
    return Policy(
        frozenset().union(*(one.ranks for one in found)),
        frozenset().union(*(one.sources for one in found)),
        _least(one.from_speakers for one in found),
        _least(one.from_percent for one in found),
        min((one.hours for one in found), default=Policy.hours),
    )


def _by_policy(policy: Policy, wish: Facts) -> Reason | None:
    if wish.rank in policy.ranks:
        return Reason.RANK
    if policy.from_speakers is not None and wish.speakers >= policy.from_speakers:
        return Reason.SIZE
    if policy.from_percent is not None and wish.speakers * 100 >= policy.from_percent * wish.of:
        return Reason.SIZE
    return None if policy.sources.isdisjoint(wish.sources) else Reason.SOURCE


def _least(numbers: Iterable[int | None]) -> int | None:
    return min((one for one in numbers if one is not None), default=None)
