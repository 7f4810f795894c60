"""What goes over the interface, as pydantic models: instants are aware and shown in UTC."""

from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from devices.protocol.units import UUID_PATTERN

Item = TypeVar("Item")


def _speakable(text: str) -> str:
    """Half a character (a lone surrogate) is no text: it can be neither stored nor spoken."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("not valid Unicode") from error
    return text


Id = Annotated[str, StringConstraints(pattern=UUID_PATTERN)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(_speakable),
]  # fmt: skip
"""What people call something: 1 to 200 letters, no control characters."""
Text = Annotated[str, StringConstraints(max_length=131_072), AfterValidator(_speakable)]
Instant = AwareDatetime
"""RFC 3339 with an offset."""


class Asked(BaseModel):
    """What a caller sends: nothing unknown in it."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(frozen=True)


class Page(Shown, Generic[Item]):
    """Some items, and where the next ones begin (absent: no more)."""

    items: list[Item]
    next: Annotated[str | None, Field(description="Value of `after` for the next page.")] = None
