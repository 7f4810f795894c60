"""The office's own words come before every rule: taken literally, longest first, at word boundaries."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from controller.reading.lexicon import Lexicon
from controller.reading.normalise import normalise
from controller.reading.script import Rule, Span


def glossary_rule(glossary: Mapping[str, str], say: Callable[[str], str]) -> Rule:
    """One rule for the whole glossary; `say` reads what a spoken form itself still holds of figures.

    A written form in small letters also stands for its capitals; any other is taken as it is typed.
    """
    entries = {_flat(written): spoken for written, spoken in glossary.items()}
    entries.pop("", None)
    any_case = {written: spoken for written, spoken in entries.items() if written == written.lower()}
    exact = {written: spoken for written, spoken in entries.items() if written not in any_case}
    lexicon = Lexicon.of(exact, any_case)
    said = cache(say)

    def find(text: str) -> Iterator[Span]:
        for start, end, spoken in lexicon.find(text):
            yield Span(start, end, said(spoken))

    return Rule("glossary", find)


def _flat(written: str) -> str:
    return " ".join(normalise(written).split())
