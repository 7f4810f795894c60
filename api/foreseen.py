"""What will be heard and what will not, as the calendar and a trial show it."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from api.problems import Language
from api.sayings import said_of
from api.shapes import Id, Instant, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.programmes.preview import Silent, Slot


class SlotShown(Shown):
    """A programme at some speakers."""

    programme: Id
    title: str
    owner: Id
    nominal_at: Annotated[Instant, Field(description="When the programme says.")]
    turn_at: Annotated[
        Instant | None, Field(description="When its turn comes, after that of its neighbours; null: it has begun.")
    ]
    start_at: Annotated[Instant, Field(description="When it begins.")]
    ends_at: Instant
    rank: str
    sha256: Annotated[str, Field(description="Of what sounds.")]
    after: Annotated[Id | None, Field(description="The programme or broadcast that it waits for, if it is to be seen.")]
    speakers: int
    devices: Annotated[list[Id] | None, Field(description="The speakers, where they were asked for.")] = None


class SilenceShown(Shown):
    """A time of a programme at which some speakers stay silent."""

    programme: Id
    title: str
    nominal_at: Instant
    reason: Annotated[str, Field(description="Stable; for programs.")]
    said: Annotated[str, Field(description="The reason in words.")]
    by: Annotated[str | None, Field(description="What keeps the time, or the name of the day off.")]
    speakers: int
    devices: list[Id] | None = None


def slots_shown(slots: Iterable[Slot], named: bool = False) -> list[SlotShown]:
    """`named`: with the ids of the speakers."""
    return [
        SlotShown(
            programme=one.programme, title=one.title, owner=one.owner, nominal_at=to_utc(one.nominal_at),
            turn_at=to_utc_or_none(one.turn_at), start_at=to_utc(one.start_at), ends_at=to_utc(one.ends_at),
            rank=one.rank, sha256=one.sha256, after=one.after or None, speakers=len(one.devices),
            devices=sorted(one.devices) if named else None,
        )
        for one in slots
    ]  # fmt: skip


def silences_shown(silent: Iterable[Silent], language: Language, named: bool = False) -> list[SilenceShown]:
    hidden = said_of("something_else", language)
    return [
        SilenceShown(
            programme=one.programme, title=one.title, nominal_at=to_utc(one.nominal_at), reason=one.reason.value,
            said=said_of(one.reason.value, language, {"by": one.by_title or hidden}), by=one.by or None,
            speakers=len(one.devices), devices=sorted(one.devices) if named else None,
        )
        for one in silent
    ]  # fmt: skip
