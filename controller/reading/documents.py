"""Signs of official documents: "45/2026/QĐ-TTg", "1273/BTTTT-TTCS", "57-NQ/TW", "12/KH-UBND".

The number and the year are joined by "trên", as officers say them; the letters follow after a pause in
full words, so that a listener who cannot see the sign still knows whose document it is.
"""

import re

from controller.reading.data import load
from controller.reading.letters import spell
from controller.reading.numbers import cardinal, label
from controller.reading.script import Rule, rule

LETTERS = r"[A-ZĐƯ][A-Za-zĐđƯ]{0,9}(?:&[A-ZĐ]{2,6})?"
CODE = rf"{LETTERS}\d{{0,2}}(?:[-./]{LETTERS}\d{{0,2}}){{0,4}}"
YEAR = r"(?:19|20)\d\d"
SHUT = r"(?![\w/]|-\w)"
TERM = re.compile(r"([A-Za-zĐđƯ&]+)(\d{1,2})")
CAPITALS = re.compile(r"[A-ZĐƯ]{2,10}(?:&[A-ZĐ]{2,6})?")


def _known(part: str) -> str | None:
    """The words for one part of a sign; None where it is no part of any sign we know."""
    signs = load("documents")
    words = signs["kinds"].get(part) or signs["issuers"].get(part)
    if words is None and (term := TERM.fullmatch(part)):
        body = signs["issuers"].get(term[1])
        return f"{body} khóa {cardinal(term[2])}" if body else None
    if words is None:
        abbreviations = load("abbreviations")
        return abbreviations["exact"].get(part) or abbreviations["any_case"].get(part)
    return words


def _said(code: str) -> str | None:
    """A whole sign: kind and issuers one after another; None where it looks like no sign."""
    said = ""
    for part in re.split(r"[-./]", code):
        known = _known(part)
        if known is None and not CAPITALS.fullmatch(part):
            return None
        said += (known or spell(part.replace("&", ""))) + (" " if part in load("documents")["kinds"] else ", ")
    return said.rstrip(", ")


def _numbered(match: re.Match[str]) -> str | None:
    said = _said(match["code"])
    if said is None or (len(match["code"]) < 2 and not match["y"]):
        return None
    year = f" trên {cardinal(match['y'])}" if match["y"] else ""
    return f"{label(match['n'])}{_letter(match['l'])}{year}, {said}"


def _party(match: re.Match[str]) -> str | None:
    """Documents of the Party: number, dash, kind, slash, issuer."""
    said = _said(match["code"])
    return None if said is None else f"{label(match['n'])}, {said}"


def _letter(letter: str) -> str:
    return f" {spell(letter)}" if letter else ""


def _bare(match: re.Match[str]) -> str | None:
    """A sign without its number: "theo QĐ-TTg"."""
    signs = load("documents")
    if match["kind"] not in signs["kinds"] or match["issuer"] not in signs["issuers"]:
        return None
    return f"{signs['kinds'][match['kind']]} {signs['issuers'][match['issuer']]}"


def _of_a_year(match: re.Match[str]) -> str:
    return f"{label(match['n'])} trên {cardinal(match['y'])}"


OPEN = r"(?<![\w/.,-])"
NUMBERED = r"(?i:nghị quyết|nghị định|quyết định|thông tư|chỉ thị|kế hoạch|luật|công văn|thông báo|pháp lệnh)"

RULES: tuple[Rule, ...] = (
    rule("document", rf"{OPEN}(?P<n>\d{{1,5}})(?P<l>[a-zđ]?)/(?:(?P<y>{YEAR})/)?(?P<code>{CODE}){SHUT}", _numbered),
    rule("document", rf"{OPEN}(?P<n>\d{{1,4}})\s?-\s?(?P<code>{LETTERS}/{CODE}){SHUT}", _party),
    rule("document", rf"(?<![\w/-])(?P<kind>{LETTERS})[-/](?P<issuer>{LETTERS}){SHUT}", _bare),
    rule("document", rf"(?<!\w){NUMBERED}(?: số)?\s(?P<it>(?P<n>\d{{1,4}})/(?P<y>{YEAR}))(?![\w/])", _of_a_year),
)
