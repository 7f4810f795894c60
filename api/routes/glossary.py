"""The office's own words, and how they are read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field

from api.deps import Served, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Shown
from controller.library.glossary import read_glossary, replace_glossary
from controller.people.callers import Caller
from controller.people.permissions import Action

router = APIRouter(prefix="/glossary", tags=["glossary"])

Entries = Annotated[dict[str, str], Field(description="Written form to spoken form; comes before every built-in rule.")]


class GlossaryWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"entries": {"NVH": "nhà văn hóa"}}]})

    entries: Entries


class GlossaryShown(Shown):
    entries: Entries


@router.get("", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS))
def show(services: Served) -> GlossaryShown:
    """All entries."""
    with services.database.read() as session:
        return GlossaryShown(entries=read_glossary(session))


@router.put("", responses=refusals(*WRITES, "glossary_invalid"))
def replace(
    wish: GlossaryWish,
    request: Request,
    services: Served,
    who: Annotated[Caller, Depends(permit(Action.GLOSSARY_EDIT))],
) -> GlossaryShown:
    """Put these entries in place of all."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        return GlossaryShown(entries=replace_glossary(session, wish.entries, act))
