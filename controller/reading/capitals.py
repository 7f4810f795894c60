"""Words in capitals are words; rows of letters are spelled; single letters have names."""

import re

from controller.reading.letters import spell
from controller.reading.normalise import LETTERS
from controller.reading.script import AMOUNT, LETTER, Rule, rule
from controller.reading.syllables import has_vowel, is_accented, is_pronounceable, is_syllable

SHORTEST_WORD = 4
"""A shorter row of capitals that is no Vietnamese syllable is spelled even if it could be said."""


def _is_word(word: str) -> bool:
    return is_syllable(word) or (len(word) >= SHORTEST_WORD and is_pronounceable(word))


def _shouted(match: re.Match[str]) -> str:
    """ "THÔNG BÁO" as words, "KXH" letter by letter, and so the letters of "OM5451"."""
    word = match.group()
    coded = AMOUNT in match.string[match.end() : match.end() + 1]
    return word.lower() if is_accented(word) or (_is_word(word) and not coded) else spell(word)


def _unsayable(match: re.Match[str]) -> str | None:
    """A row without a vowel, in whatever case, cannot be a word."""
    return None if has_vowel(match.group()) else spell(match.group())


RULES: tuple[Rule, ...] = (
    rule("capitals", rf"(?<!{LETTER})[A-Z{LETTERS.upper()}]{{2,}}(?!{LETTER})", _shouted),
    rule("letters", rf"(?<!{LETTER}){LETTER}{{1,24}}(?!{LETTER})", _unsayable),
)
