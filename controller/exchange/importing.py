"""Lines of a file kept as programmes: all of them, or those that can be; or shown only. One transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, cast

from sqlmodel import Session

from controller.errors.base import LoaError
from controller.errors.programmes import ImportTooSlow
from controller.exchange.faults import Fault
from controller.exchange.sheet_lines import Line
from controller.exchange.there import Mark, There
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


Answer = str | LoaError | DeviceError | SchedulerError
"""The id of what was kept, or why it was not."""


class Keep(Protocol):
    """Keeps programmes one after the other."""

    def __call__(
        self, session: Session, wishes: Sequence[Programme], act: Act, new_id: Callable[[], str], on_clash: OnClash
    ) -> Iterator[Answer]: ...


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
    """`programme` is its id where the line was kept, or the one that was there already where `mark` is `same`."""

    line: Line
    programme: str | None
    faults: Sequence[Fault]
    mark: Mark = "new"


def import_lines(
    session: Session, lines: Sequence[Line], there: There, wish: Wish, act: Act, keeper: Keeper
) -> list[Outcome]:
    """What became of each line. Where nothing is to be kept, everything is tried and taken back. ImportTooSlow."""
    if (made := already_made(session, act)) is not None:
        return _made(lines, made)
    with session.begin_nested() as tried:
        outcomes = _tried(session, lines, there, wish, replace(act, key=None), keeper)
        if wish.dry_run or (wish.on_errors == "refuse_all" and any(one.faults for one in outcomes)):
            tried.rollback()
            return [one if one.mark == "same" else replace(one, programme=None) for one in outcomes]
    if not wish.dry_run:
        kept = [one for one in outcomes if one.programme]
        remember(session, act, " ".join(f"{one.line.number}:{one.programme}:{one.mark}" for one in kept))
    return outcomes


def _made(lines: Sequence[Line], made: str) -> list[Outcome]:
    """What the same request was answered before."""
    kept = {number: (name, mark) for number, name, mark in (one.split(":") for one in made.split())}
    found = [(line, *kept.get(str(line.number), (None, "new"))) for line in lines]
    return [Outcome(line, name, line.faults, cast(Mark, mark)) for line, name, mark in found]


def _tried(
    session: Session, lines: Sequence[Line], there: There, wish: Wish, act: Act, keeper: Keeper
) -> list[Outcome]:
    begun, outcomes, numbers = keeper.now(), [], dict[str, int]()
    wishes = [line.wish for line in lines if line.wish is not None and there.same(line.wish) is None]
    answers = keeper.keep(session, wishes, act, keeper.new_id, wish.on_clash)
    for done, line in enumerate(lines):
        if keeper.now() - begun > LONGEST:
            raise ImportTooSlow(done=done, limit_s=LONGEST // SECOND)
        outcomes.append(_outcome(line, there, answers, numbers))
    return outcomes


def _outcome(line: Line, there: There, answers: Iterator[Answer], numbers: dict[str, int]) -> Outcome:
    if line.wish is None:
        return Outcome(line, None, line.faults)
    if (same := there.same(line.wish)) is not None:
        return Outcome(line, same, (), "same")
    answer = next(answers)
    if isinstance(answer, str):
        numbers[answer] = line.number
        return Outcome(line, answer, (), there.mark(line.wish))
    itself = {str(answer.data.get("programme")): line.number}
    return Outcome(line, None, [Fault(None, answer.code, _with_lines(answer.data, numbers | itself))])


def _with_lines(seen: Mapping[str, Any], numbers: Mapping[str, int]) -> Mapping[str, Any]:
    """Of what it collides with, which line of the same file it is; None: it was there before."""
    collisions = [one | {"line": numbers.get(one["other"])} for one in seen.get("collisions", ())]
    return {**seen, "collisions": collisions} if collisions else seen
