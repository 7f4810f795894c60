"""A place's own words, and how they are read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field
from sqlmodel import Session

from api.deps import Served, Viewer, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Shown
from controller.library.glossary import own_glossary, read_glossary, replace_glossary
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.rights import Place

router = APIRouter(prefix="/glossary", tags=["glossary"])

Entries = Annotated[dict[str, str], Field(description="Written form to spoken form; comes before every built-in rule.")]


class GlossaryWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"entries": {"NVH": "nhà văn hóa"}}]})

    entries: Entries


class GlossaryShown(Shown):
    area: Annotated[Id | None, Field(description="Whose they are; null: the installation's.")]
    entries: Entries
    around: Annotated[Entries, Field(description="What else holds there: the words of the places around it.")]


Whose = Annotated[
    Id | None,
    Query(description="Absent: the caller's one place; the installation's for who sees or changes all of it."),
]


@router.get("", responses=refusals(*READS, "owner_needed", within=["area_unknown"]))
def show(services: Served, who: Viewer, area: Whose = None) -> GlossaryShown:
    """The entries of a place."""
    owner = who.home(Action.SEE) if area is None else area
    with services.database.read() as session:
        return _shown(session, owner)


@router.put("", responses=refusals(*WRITES, "glossary_invalid", "owner_needed", within=["area_unknown"]))
def replace(
    wish: GlossaryWish,
    request: Request,
    services: Served,
    who: Annotated[Caller, Depends(permit(Action.GLOSSARY_EDIT))],
    area: Whose = None,
) -> GlossaryShown:
    """Put these entries in place of all that the place has itself."""
    act = act_of(services, request, who, None)
    owner = who.home(Action.GLOSSARY_EDIT) if area is None else area
    with services.database.write() as session:
        replace_glossary(session, owner, wish.entries, act)
        session.flush()
        return _shown(session, owner)


def _shown(session: Session, owner: Place) -> GlossaryShown:
    own, all_of_them = own_glossary(session, owner), read_glossary(session, owner)
    around = {written: spoken for written, spoken in all_of_them.items() if written not in own}
    return GlossaryShown(area=owner, entries=own, around=around)
