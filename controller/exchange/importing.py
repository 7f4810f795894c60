"""Lines of a file kept as programmes: all of them, or those that can be; or shown only. One transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from sqlmodel import Session

from controller.errors import ImportTooSlow, LoaError
from controller.exchange.faults import Fault
from controller.exchange.sheet_lines import Line
from controller.people.answered import already_made, remember
from controller.people.audit import Act
from devices.errors import DeviceError
from devices.protocol.units import SECOND
from scheduler.errors import SchedulerError
from scheduler.programmes.programme import Programme

OnErrors = Literal["refuse_all", "skip"]
OnClash = Literal["refuse", "append"]
LONGEST = 4 * SECOND
"""How long an import may keep other writers waiting: an alert may be among them."""


class Keep(Protocol):
    """Keeps programmes one after the other: of each its id, or why it is not kept."""

    def __call__(
        self, session: Session, wishes: Sequence[Programme], act: Act, new_id: Callable[[], str], on_clash: OnClash
    ) -> Iterator[str | LoaError | DeviceError | SchedulerError]: ...


@dataclass(frozen=True)
class Wish:
    dry_run: bool = True
    on_errors: OnErrors = "refuse_all"
    on_clash: OnClash = "refuse"


@dataclass(frozen=True)
class Keeper:
    """Who keeps programmes, makes their ids and knows the time."""

    keep: Keep
    new_id: Callable[[], str]
    now: Callable[[], int]


@dataclass(frozen=True)
class Outcome:
    """`programme` is its id where the line was kept."""

    line: Line
    programme: str | None
    faults: Sequence[Fault]


def import_lines(session: Session, lines: Sequence[Line], wish: Wish, act: Act, keeper: Keeper) -> list[Outcome]:
    """What became of each line. Where nothing is to be kept, everything is tried and taken back. ImportTooSlow."""
    if (made := already_made(session, act)) is not None:
        kept = dict(pair.split(":") for pair in made.split())
        return [Outcome(line, kept.get(str(line.number)), line.faults) for line in lines]
    with session.begin_nested() as tried:
        outcomes = _tried(session, lines, wish, replace(act, key=None), keeper)
        if wish.dry_run or (wish.on_errors == "refuse_all" and any(one.faults for one in outcomes)):
            tried.rollback()
            return [replace(one, programme=None) for one in outcomes]
    if not wish.dry_run:
        remember(session, act, " ".join(f"{one.line.number}:{one.programme}" for one in outcomes if one.programme))
    return outcomes


def _tried(session: Session, lines: Sequence[Line], wish: Wish, act: Act, keeper: Keeper) -> list[Outcome]:
    begun, outcomes, numbers = keeper.now(), [], dict[str, int]()
    wishes = [line.wish for line in lines if line.wish is not None]
    answers = keeper.keep(session, wishes, act, keeper.new_id, wish.on_clash)
    for done, line in enumerate(lines):
        if keeper.now() - begun > LONGEST:
            raise ImportTooSlow(done=done, limit_s=LONGEST // SECOND)
        outcomes.append(_outcome(line, next(answers), numbers) if line.wish else Outcome(line, None, line.faults))
    return outcomes


def _outcome(line: Line, answer: str | LoaError | DeviceError | SchedulerError, numbers: dict[str, int]) -> Outcome:
    if isinstance(answer, str):
        numbers[answer] = line.number
        return Outcome(line, answer, ())
    itself = {str(answer.data.get("programme")): line.number}
    return Outcome(line, None, [Fault(None, answer.code, _with_lines(answer.data, numbers | itself))])


def _with_lines(seen: Mapping[str, Any], numbers: Mapping[str, int]) -> Mapping[str, Any]:
    """Of what it collides with, which line of the same file it is; None: it was there before."""
    collisions = [one | {"line": numbers.get(one["other"])} for one in seen.get("collisions", ())]
    return {**seen, "collisions": collisions} if collisions else seen
