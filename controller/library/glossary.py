"""A place's own words, for all within: how they are read comes before every built-in rule."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, delete, or_, select

from controller.errors.library import GlossaryInvalid
from controller.library.models import GlossaryEntry
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.people.rights import Place
from devices.areas import lineage, meeting
from devices.registry import parents

MAX_ENTRIES = 5_000
MAX_LETTERS = 200


def read_glossary(session: Session, owner: Place = None) -> dict[str, str]:
    """Written form to spoken form, for what a place says: its own words and those around it, the nearest win.

    None: what the installation says. AreaUnknown.
    """
    around = lineage(owner, parents(session, owner)) if owner is not None else ()
    rows = select(GlossaryEntry).where(
        or_(col(GlossaryEntry.area_id).is_(None), col(GlossaryEntry.area_id).in_(around))
    )
    nearest = {area: distance for distance, area in enumerate(around)}
    found = sorted(session.exec(rows), key=lambda entry: nearest.get(entry.area_id or "", len(around)), reverse=True)
    return {entry.written: entry.spoken for entry in found}


def glossary_of_all(session: Session, areas: Iterable[str]) -> dict[str, str]:
    """For what is said in all of these areas alike."""
    return read_glossary(session, meeting(areas, parents(session)))


def own_glossary(session: Session, owner: Place) -> dict[str, str]:
    """What has been said of this place itself."""
    rows = select(GlossaryEntry).where(col(GlossaryEntry.area_id) == owner)
    return {entry.written: entry.spoken for entry in session.exec(rows)}


def replace_glossary(session: Session, owner: Place, entries: Mapping[str, str], act: Act) -> dict[str, str]:
    """Put these entries in place of all that the place has itself.

    AreaUnknown; GlossaryInvalid for empty or overlong ones, or too many.
    """
    if owner is not None:
        parents(session, owner)
    if len(entries) > MAX_ENTRIES:
        raise GlossaryInvalid(most=MAX_ENTRIES)
    for written, spoken in entries.items():
        if not 0 < len(written.strip()) <= MAX_LETTERS or not 0 < len(spoken.strip()) <= MAX_LETTERS:
            raise GlossaryInvalid(written=written[:80], most_letters=MAX_LETTERS)
    before = own_glossary(session, owner)
    session.exec(delete(GlossaryEntry).where(col(GlossaryEntry.area_id) == owner))
    session.add_all(GlossaryEntry(area_id=owner, written=written, spoken=spoken) for written, spoken in entries.items())
    detail = f"{len(entries)}"
    record(session, act, Action.GLOSSARY_EDIT, "glossary", detail, area=owner, before=before, after=entries)
    return dict(entries)
