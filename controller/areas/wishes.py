"""What an office may want to change about its areas. Frozen values, checked at the door; stored as JSON as they are."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from devices.protocol.units import UUID_PATTERN

Id = Annotated[str, StringConstraints(pattern=UUID_PATTERN)]
Called = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rename(Wish):
    """It is called otherwise from now on; the record keeps the name that it had."""

    kind: Literal["rename"]
    area: Id
    name: Called


class Reparent(Wish):
    """It lies in another area from now on, with all that is within it; `parent` null: at the top."""

    kind: Literal["reparent"]
    area: Id
    parent: Id | None


class Merge(Wish):
    """Areas become one. Their speakers then stand in it, and they themselves are kept for the record alone; with
    `keep` they go on as areas within it."""

    kind: Literal["merge"]
    areas: Annotated[tuple[Id, ...], Field(min_length=1, max_length=100)]
    into: Annotated[Id | None, Field(description="An area that is there; absent: a new one.")] = None
    name: Annotated[Called | None, Field(description="Of the new one.")] = None
    parent: Annotated[
        Id | None, Field(description="In which the new one lies; absent: in that in which all of them lie.")
    ] = None
    keep: bool = False
    widen: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=60)], ...],
        Field(
            max_length=1_000,
            description="Grants and keys that shall be good in the whole of it, by id; others are good for what was "
            "theirs.",
        ),
    ] = ()

    @model_validator(mode="after")
    def _several(self) -> Self:
        if (self.into is None) == (self.name is None):
            raise ValueError("either into or name")
        if len({*self.areas, *filter(None, [self.into])}) < (2 if self.into else 1):
            raise ValueError("an area alone")
        return self


class Move(Wish):
    """Speakers stand in another area from now on."""

    kind: Literal["move"]
    devices: Annotated[tuple[Id, ...], Field(min_length=1, max_length=5_000)]
    area: Id


class End(Wish):
    """An area in which nothing stands any more is kept for the record alone."""

    kind: Literal["end"]
    area: Id


AreaWish = Annotated[Rename | Reparent | Merge | Move | End, Field(discriminator="kind")]
WISHES: TypeAdapter[AreaWish] = TypeAdapter(AreaWish)
"""Reads a stored one back."""
