"""The office's own words: how they are read comes before every built-in rule."""

from collections.abc import Mapping

from sqlmodel import Session, delete, select

from controller.errors import GlossaryInvalid
from controller.library.models import GlossaryEntry
from controller.people.audit import Act, record
from controller.people.permissions import Action

MAX_ENTRIES = 5_000
MAX_LETTERS = 200


def read_glossary(session: Session) -> dict[str, str]:
    """Written form to spoken form."""
    return {entry.written: entry.spoken for entry in session.exec(select(GlossaryEntry))}


def replace_glossary(session: Session, entries: Mapping[str, str], act: Act) -> dict[str, str]:
    """Put these entries in place of all; GlossaryInvalid for empty or overlong ones, or too many."""
    if len(entries) > MAX_ENTRIES:
        raise GlossaryInvalid(most=MAX_ENTRIES)
    for written, spoken in entries.items():
        if not 0 < len(written.strip()) <= MAX_LETTERS or not 0 < len(spoken.strip()) <= MAX_LETTERS:
            raise GlossaryInvalid(written=written[:80], most_letters=MAX_LETTERS)
    before = read_glossary(session)
    session.exec(delete(GlossaryEntry))
    session.add_all(GlossaryEntry(written=written, spoken=spoken) for written, spoken in entries.items())
    record(session, act, Action.GLOSSARY_EDIT, "glossary", f"{len(entries)}", before=before, after=entries)
    return dict(entries)
