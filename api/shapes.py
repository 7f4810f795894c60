"""What goes over the interface, as pydantic models: instants are aware, and shown in UTC."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic import WithJsonSchema as Schema
from pydantic_core import PydanticCustomError, PydanticKnownError

from api.timestamps import to_micros
from devices.protocol.units import UUID_PATTERN

Item = TypeVar("Item")

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_YEAR_2000, _YEAR_2100 = 946_684_800_000_000, 4_102_444_800_000_000


UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def _moment(said: object) -> int:
    """RFC 3339 with its offset to us UTC; a date alone, a number or a naive time is refused."""
    if not isinstance(said, str) or not _RFC3339.fullmatch(said):
        raise PydanticCustomError("not_rfc3339", "not an RFC 3339 instant with its offset")
    try:
        micros = to_micros(datetime.fromisoformat(said.upper()))
    except ValueError as error:
        raise PydanticCustomError("not_rfc3339", "not an RFC 3339 instant with its offset") from error
    if not _YEAR_2000 <= micros < _YEAR_2100:
        raise PydanticCustomError("beyond_calendar", "not in the years 2000 to 2099")
    return micros


def _day(said: object) -> date:
    """YYYY-MM-DD; a number or an instant is refused."""
    if not isinstance(said, str) or not _DAY.fullmatch(said):
        raise PydanticCustomError("not_a_day", "not a day as YYYY-MM-DD")
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise PydanticCustomError("not_a_day", "not a day as YYYY-MM-DD") from error


def plain_name(said: str) -> str:
    """What a form says, made a name: without what a name may not hold, and no longer than one."""
    kept = unicodedata.normalize("NFC", " ".join(said.split()))
    return "".join(letter for letter in kept if unicodedata.category(letter) not in {"Cf", *UNPRINTABLE})[:200]


def _name(said: str) -> str:
    """Composed letters without invisible ones; control characters are refused."""
    kept = "".join(letter for letter in unicodedata.normalize("NFC", said) if unicodedata.category(letter) != "Cf")
    if any(unicodedata.category(letter) in UNPRINTABLE for letter in kept):
        raise PydanticCustomError("unprintable", "control characters")
    if not kept.strip():
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return kept.strip()


Id = Annotated[str, StringConstraints(pattern=UUID_PATTERN)]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_name),
    Field(description="What people call it: 1 to 200 characters, no control characters."),
]  # fmt: skip
Text = Annotated[str, StringConstraints(max_length=131_072)]
Language = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$"), Field(description="BCP 47, e.g. `vi`.")
]
Instant = AwareDatetime
"""Shown: RFC 3339 in UTC."""
Moment = Annotated[
    int, BeforeValidator(_moment),
    Schema({"type": "string", "format": "date-time", "description": "RFC 3339 with an offset."}),
]  # fmt: skip
"""Asked: RFC 3339 with any offset, us UTC from then on."""

Day = Annotated[
    date, BeforeValidator(_day),
    Schema({"type": "string", "format": "date", "description": "YYYY-MM-DD, of the years 2000 to 2099."}),
]  # fmt: skip
Latitude = Annotated[float, Field(ge=-90, le=90, description="Degrees, WGS 84.")]
Longitude = Annotated[float, Field(ge=-180, le=180, description="Degrees, WGS 84.")]


class Asked(BaseModel):
    """What a caller sends: nothing unknown in it, and nothing taken for what it is not."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Located(Asked):
    """Where something stands, if anybody knows."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("half_a_place", "latitude and longitude belong together")
        return self

    @property
    def point(self) -> tuple[float, float] | None:
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


class Shown(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(frozen=True)


class Page(Shown, Generic[Item]):
    """Some items, and where the next ones begin (null: no more)."""

    items: list[Item]
    next: Annotated[str | None, Field(description="Value of `after` for the next page.")] = None
