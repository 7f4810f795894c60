"""What a change of areas does, as people see it before it is done, and as it stands on record. Values only."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scheduler.programmes.programme import Targets


class Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class AreaEffect(Told):
    area: str
    name_before: Annotated[str | None, Field(description="null: it is new.")]
    name: str
    parent_before: str | None
    parent: str | None
    ends: bool
    merged_into: str | None


class PlaceEffect(Told):
    area: str
    number: int


class SpeakerEffect(Told):
    """A speaker that gets a new configuration."""

    device: str
    name: str
    area_before: str
    area: str
    places: Annotated[
        list[PlaceEffect], Field(description="All that it hears then, the nearest first, with its numbers there.")
    ]


class ProgrammeEffect(Told):
    """A programme that names other places from then on."""

    programme: str
    title: str
    owner_before: str
    owner: str
    targets_before: Targets
    targets: Targets


class AudienceEffect(Told):
    """Speakers that hear a programme from then on, and others that hear it no more."""

    programme: str
    title: str
    gains: int
    loses: int


class TwiceEffect(Told):
    """Speakers that would hear one content in two programmes."""

    first: str
    first_title: str
    second: str
    second_title: str
    speakers: int


class RuleEffect(Told):
    """A rule of the air that binds other speakers than before: it is stricter for those that it gains."""

    rule: str
    name: str
    gains: int
    loses: int


class ZoneEffect(Told):
    zone: str
    area_before: str | None
    area: str | None


class GroupEffect(Told):
    """A group made of speakers that stood in an area that is no more, and in none within it."""

    group: str
    name: str
    speakers: int


class LanguageEffect(Told):
    before: list[str]
    after: list[str]
    speakers: int


class BelongingsEffect(Told):
    """What an area that is no more leaves to what it became a part of."""

    area: str
    into: str
    bulletins: int
    words: Annotated[int, Field(description="Of its glossary.")]
    words_that_differ: Annotated[
        list[str], Field(description="Words that the other one reads otherwise already: it goes on doing so.")
    ]
    people: Annotated[int, Field(description="Whose place it was.")]
    claim_codes: Annotated[int, Field(description="Codes by which speakers may still join.")]


class RightsEffect(Told):
    """Somebody may do these things at some speakers from then on, and at others no more."""

    holder: Annotated[str, Field(description="`person/` or `key/` and the id.")]
    name: str
    actions: list[str]
    gains: int
    loses: int


class ClashEffect(Told):
    """A time of a programme that, of the next seven days, is heard later or not at all where it was heard before."""

    programme: str
    title: str
    nominal_at: datetime
    start_at: Annotated[datetime | None, Field(description="When it is heard then; null: not at all.")]
    reason: Annotated[str | None, Field(description="Why it is not.")]
    speakers: int


class Effects(Told):
    """What would become of everything that the change touches."""

    areas: list[AreaEffect]
    speakers: list[SpeakerEffect]
    configurations: Annotated[int, Field(description="Speakers that are sent one.")]
    echo: Annotated[int, Field(description="Of the speakers that move, those with a trim or a turn: look at them.")]
    programmes: list[ProgrammeEffect]
    audiences: list[AudienceEffect]
    twice: list[TwiceEffect]
    rules: list[RuleEffect]
    zones: list[ZoneEffect]
    groups: list[GroupEffect]
    languages: list[LanguageEffect]
    belongings: list[BelongingsEffect]
    rights: list[RightsEffect]
    widens: Annotated[bool, Field(description="Somebody gets rights over speakers: this asks for a second person.")]
    fingerprint: Annotated[str, Field(description="Of all that stands above; the change is made only as it was seen.")]


class Prospect(Effects):
    """With what goes on meanwhile."""

    clashes: list[ClashEffect]
    broadcasts: Annotated[list[str], Field(description="Orders that have not ended: they reach whom they were for.")]
    alerts: Annotated[list[str], Field(description="Alerts in force: they reach whom they were for.")]
