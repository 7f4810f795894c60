"""Where something is: house numbers "12/3A", roads "QL1A", "ĐT.871", kilometre posts "km 12+300"."""

import re

from controller.reading.letters import spell
from controller.reading.numbers import cardinal, number
from controller.reading.script import Rule, before, rule

ROADS = {
    "QL": "quốc lộ",
    "TL": "tỉnh lộ",
    "ĐT": "đường tỉnh",
    "HL": "hương lộ",
    "ĐH": "đường huyện",
    "ĐX": "đường xã",
    "CT": "cao tốc",
    "LTL": "liên tỉnh lộ",
    "DT": "đường tỉnh",
    "DH": "đường huyện",
}
HOUSE = r"(?i:số nhà|nhà số|số|nhà|hẻm|ngõ|ngách|kiệt|ngo|hem|lô|thửa|căn hộ|căn|kios|ki ốt)"
ENDS = r"(?!\w|[/.,]\d|-\w)"
PART = re.compile(r"\d+|[A-Za-zĐđ]")


def _road(match: re.Match[str]) -> str:
    """A road's number is said as on the sign: from three digits on one by one."""
    kind = ROADS[match["road"] or match["glued"]]
    said_already = before(match).rstrip().endswith(kind)
    return ("" if said_already else f"{kind} ") + spell(match["n"] + (match["l"] or ""))


def _post(match: re.Match[str]) -> str:
    words = f"ki lô mét {number(match['km'])}"
    return f"{words} cộng {number(match['m'])}" if match["m"] else words


def _house(match: re.Match[str]) -> str:
    return " trên ".join(_house_part(part) for part in match["it"].split("/"))


def _house_part(part: str) -> str:
    """ "3A" is "ba a"; "108" a number."""
    return " ".join(cardinal(run) if run.isdecimal() else spell(run) for run in PART.findall(part))


RULES: tuple[Rule, ...] = (
    rule(
        "road",
        r"(?<!\w)(?:(?P<road>LTL|QL|TL|ĐT|HL|ĐH|ĐX)\.?\s?|(?P<glued>CT|DT|DH)\.?)"
        r"(?P<n>\d{1,3})(?P<l>[A-EĐ])?(?!\w|[.,/]\d|[./ ]\d{2})",
        _road,
    ),
    rule(
        "kilometre post",
        r"(?<!\w)(?<!\d\s)(?:[Kk]m|KM)(?:\s|(?![23](?![\d+])))(?P<km>\d{1,4})(?:\s?\+\s?(?P<m>\d{1,3}))?(?!\w|[.,]\d)",
        _post,
    ),
    rule(
        "house number",
        rf"(?<!\w){HOUSE}\s(?P<it>\d{{1,4}}[A-ZĐ]?(?:/\d{{1,4}}[A-Za-zĐ]?){{1,4}}){ENDS}",
        _house,
    ),
    rule("house number", rf"(?<![\w/.,])(?P<it>\d{{1,4}}[A-FĐ](?:/\d{{1,4}}[A-FĐ]?){{1,4}}){ENDS}", _house),
    rule("house number", rf"(?<![\w/.,])(?P<it>\d{{1,4}}(?:/\d{{1,4}}){{0,3}}/\d{{1,4}}[A-ZĐ]){ENDS}", _house),
)
