"""What of a file is there already: the same programme is not made twice, another one of its name is pointed out."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlmodel import Session

from controller.programmes.reading import read_programmes
from scheduler.programmes.programme import Programme
from scheduler.recurrence.rules import Rfc5545

Mark = Literal["new", "same", "namesake"]


@dataclass(frozen=True)
class There:
    """All programmes that have not been ended: by what they say from `today` on, and by owner and title."""

    today: date
    ids: Mapping[Programme, str]
    names: Set[tuple[str, str]]

    def same(self, wish: Programme) -> str | None:
        """The id of the programme that says just this."""
        return self.ids.get(_from(wish, self.today))

    def mark(self, wish: Programme) -> Mark:
        """Of a wish that is kept."""
        return "namesake" if _name(wish) in self.names else "new"


def read_there(session: Session, today: date) -> There:
    kept = read_programmes(session)
    ids = {_from(one.wish, today): name for name, one in kept.items()}
    return There(today, ids, {_name(one.wish) for one in kept.values()})


def _from(wish: Programme, today: date) -> Programme:
    """A first day that is over says nothing more, unless days are counted from it."""
    when = wish.recurrence
    if when.first >= today or isinstance(when.days, Rfc5545) or getattr(when.days, "every", 1) > 1:
        return wish
    return wish.model_copy(update={"recurrence": when.model_copy(update={"first": today})})


def _name(wish: Programme) -> tuple[str, str]:
    return wish.owner, wish.title.casefold()
