"""How a bulletin will be read aloud, and what was changed for it. Never refuses a text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from controller.reading import (
    abbreviations,
    addresses,
    capitals,
    dates,
    documents,
    fractions,
    links,
    money,
    phones,
    quantities,
    roman,
    sections,
    symbols,
    times,
    units,
)
from controller.reading.glossary import glossary_rule
from controller.reading.lines import join_wrapped
from controller.reading.normalise import normalise
from controller.reading.pauses import settle
from controller.reading.script import Change, Rule, Script


@dataclass(frozen=True)
class Preview:
    """The words that will be spoken, and every place where they differ from what was typed, in order."""

    read_as: str
    changes: tuple[Change, ...]


def preview(text: str, glossary: Mapping[str, str]) -> Preview:
    """Read any text; the glossary maps what the office writes to what it wants said.

    `read_as` holds letters, spaces, `, . ; : ! ?` and line ends only, and is empty where nothing can be
    said. Time grows in proportion to the text.
    """
    script = Script(join_wrapped(normalise(text)))
    if glossary:
        script = script.apply(glossary_rule(glossary, _say_entry))
    script = _read(script)
    return Preview(settle(script.spoken()), script.held)


def read_as(text: str, glossary: Mapping[str, str]) -> str:
    """The words that will be spoken; see `preview`."""
    return preview(text, glossary).read_as


def _read(script: Script) -> Script:
    for rule in _order():
        script = script.apply(rule)
    return script


def _say_entry(spoken: str) -> str:
    """A glossary's spoken form by the same rules, without closing it as a sentence."""
    return settle(_read(Script(normalise(spoken).replace("\n", " "))).spoken()).rstrip(".")


@cache
def _order() -> tuple[Rule, ...]:
    """What is longest and surest first: each rule sees only what those before it have left."""
    rooms: Iterable[tuple[Rule, ...]] = (
        links.RULES,
        documents.RULES,
        phones.RULES,
        sections.RULES,
        addresses.RULES,
        fractions.RULES,
        dates.RULES,
        times.RULES,
        money.RULES,
        units.rules(),
        roman.RULES,
        abbreviations.RULES,
        quantities.RULES,
        quantities.BETWEEN,
        symbols.RULES,
        capitals.RULES,
    )
    return tuple(rule for room in rooms for rule in room)
