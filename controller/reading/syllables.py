"""Is this a Vietnamese syllable, or a row of letters? Tells headings in capitals from abbreviations."""

import re
import unicodedata
from functools import lru_cache

TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
VOWELS = "aăâeêioôơuưy"
ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
CODA = "ng|nh|ch|[cmnpt]"
NUCLEUS = (
    "[aăâeêioôơuư]|y(?![a-z])|ai|ao|au|ay|âu|ây|eo|êu|eu|ia|iêu?|ieu?|iu|io|oa[iyo]?|oă|oe|oi|oo|ôi|ơi|ua|uây?|uê|uay|"
    "ue|ui|uôi?|uo[iu]?|uơ|uy[auêe]?|ưa|ưi|ươ[iu]?|ưu|uu|yêu?|yeu?"
)
"""Vowels that stand together in a Vietnamese syllable, and the same without their hats."""
SYLLABLE = re.compile(f"(?:{ONSET})?(?:{NUCLEUS})(?:{CODA})?")
FOREIGN_SYLLABLE = re.compile(
    f"(?:{ONSET}|[fjwz]|[bcdfgkpst]r|[bcfgpst]l|s[ckmnptw])?[{VOWELS}]{{1,3}}(?:{CODA}|[bdfgklrsx])?"
)
LONGEST_SYLLABLE = 7
LONGEST_WORD = 40


def is_syllable(word: str) -> bool:
    """Has the shape of one Vietnamese syllable, with or without its tone."""
    return SYLLABLE.fullmatch(_toneless(word)) is not None


def has_vowel(word: str) -> bool:
    """Has a letter that can carry a syllable."""
    return any(letter in VOWELS for letter in _toneless(word))


def is_accented(word: str) -> bool:
    """Bears a tone or a hat: nobody abbreviates like that, so it is a word."""
    marked = unicodedata.normalize("NFD", word)
    return any(unicodedata.category(char) == "Mn" for char in marked)


def is_pronounceable(word: str) -> bool:
    """Can be said as a word, Vietnamese or foreign, rather than letter by letter."""
    return cut(word, FOREIGN_SYLLABLE) is not None


def cut(word: str, syllable: re.Pattern[str] = SYLLABLE) -> tuple[str, ...] | None:
    """The fewest syllables that make up a word written without spaces; None where it is no such word."""
    plain = _toneless(word)
    if len(plain) != len(word) or len(word) > LONGEST_WORD:
        return None
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(plain) + 1):
        ways = [
            (*way, word[start:end])
            for start in range(max(0, end - LONGEST_SYLLABLE), end)
            if (way := best[start]) is not None and syllable.fullmatch(plain, start, end)
        ]
        best.append(min(ways, key=_oddness, default=None))
    return best[-1]


def _oddness(way: tuple[str, ...]) -> tuple[int, int, int]:
    """The fewer syllables, and of these without a consonant in front, and the more alike, the likelier."""
    return len(way), sum(_toneless(part)[0] in VOWELS for part in way), max(map(len, way))


@lru_cache(maxsize=4096)
def _toneless(word: str) -> str:
    marked = unicodedata.normalize("NFD", word.lower()).translate(TONES)
    return unicodedata.normalize("NFC", marked)
