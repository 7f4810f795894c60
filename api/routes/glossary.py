"""The office's own words, and how they are read."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.deps import Served, act_of, permit
from api.shapes import Asked, Shown
from controller.library.glossary import read_glossary, replace_glossary
from controller.people.permissions import Action

router = APIRouter(prefix="/glossary", tags=["glossary"])


class GlossaryWish(Asked):
    entries: dict[str, str]
    """Written form to spoken form; comes before every built-in rule."""


class GlossaryShown(Shown):
    entries: dict[str, str]


@router.get("", dependencies=[Depends(permit(Action.SEE))])
def show(services: Served) -> GlossaryShown:
    with services.database.read() as session:
        return GlossaryShown(entries=read_glossary(session))


@router.put("")
def replace(
    wish: GlossaryWish, request: Request, services: Served, who: Annotated[str, Depends(permit(Action.GLOSSARY_EDIT))]
) -> GlossaryShown:
    """Put these entries in place of all."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        return GlossaryShown(entries=replace_glossary(session, wish.entries, act))
