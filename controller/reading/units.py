"""Units, only behind a number: "35 °C", "20-25 km/h", "0,5 mg/kg", "1m65", "5 tạ/ha"."""

import re
from functools import cache

from controller.reading.data import load, one_of
from controller.reading.numbers import NUMBER, STARTS, cardinal, number
from controller.reading.script import AMOUNT, LETTER, MONEY, Rule, always, rule

ENDS = r"(?!\w)"
SIZES = {"m": "mét", "kg": "ki lô"}
RATES = {"h", "s", "ph", "giây", "giờ", "phút", "lít", "tấn", "tạ"}
"""Behind a slash these are "trên giờ"; a noun is "một người"."""
DEGREES = r"\d{1,3}(?:[.,]\d{1,6})?"
COORDINATE = {"N": "độ vĩ Bắc", "S": "độ vĩ Nam", "E": "độ kinh Đông", "W": "độ kinh Tây"}


def per(written: str) -> str:
    """The words for a slash and what stands behind it: "trên giờ" of a rate, "một người" of a share."""
    unit = load("units")["units"].get(written)
    if unit or written in RATES:
        return f"trên {unit or load('units')['per'][written]}"
    return f"một {load('units')['per'][written]}"


def amount(first: str, second: str | None) -> str:
    """One number, or a range of two."""
    return f"{number(first)} đến {number(second)}" if second else number(first)


def _measure(match: re.Match[str]) -> str:
    words = f"{amount(match['a'], match['b'])} {load('units')['units'][match['unit']]}"
    return words + _shares(match["per"])


def _and_a_bit(match: re.Match[str]) -> str:
    """ "1m65": whole metres and what is over them."""
    return f"{cardinal(match['a'])} {SIZES[match['unit']]} {number(match['b'], quantity=False)}"


def _shares(written: str) -> str:
    """One phrase for each slash: "/kg/ngày"."""
    return "".join(f" {per(part.strip())}" for part in written.split("/")[1:])


def _per(match: re.Match[str]) -> str:
    return _shares(match["per"]).strip()


def _each(match: re.Match[str]) -> str:
    """Of money it is always "một": "đồng một ki lô gam"."""
    return _per(match).replace("trên ", "một ")


def _coordinate(match: re.Match[str]) -> str:
    words = f"{number(match['a'])} độ"
    if match["min"]:
        words += f" {number(match['min'])} phút"
    if match["sec"]:
        words += f" {number(match['sec'])} giây"
    side = COORDINATE.get(match["side"] or "", "").removeprefix("độ ")
    return f"{words} {side}".rstrip()


def _position(match: re.Match[str]) -> str:
    """A latitude or longitude, or two of the same side; no range with another, whatever stands beside it."""
    words = f"{number(match['a'])} đến " if match["a"] else ""
    return f"{words}{number(match['b'])} {COORDINATE[match['side']]}"


def _unit_alone(match: re.Match[str]) -> str:
    return load("units")["units"][match["unit"]]


def _in_hours(match: re.Match[str]) -> str:
    return f"trong {cardinal(match['h'])} giờ"


@cache
def rules() -> tuple[Rule, ...]:
    """Measures first, then what is counted per something."""
    units = load("units")["units"]
    behind = one_of((*units, *load("units")["per"]))
    return (
        rule("times", r"(?<=\d)[xX](?=\d)", always("nhân")),
        rule(
            "coordinate", rf"{STARTS}(?:(?P<a>{DEGREES})°?-)?(?P<b>{DEGREES})\s?°\s?(?P<side>[NSEW])(?!\w)", _position
        ),
        rule(
            "coordinate",
            rf"{STARTS}(?:(?P<a>{DEGREES})-)?(?P<b>\d{{1,3}}[.,]\d{{1,6}})\s?(?P<side>[NSEW])(?!\w)",
            _position,
        ),
        rule(
            "coordinate",
            rf"{STARTS}(?P<a>\d{{1,3}}(?:[.,]\d{{1,6}})?)\s?°\s?(?:(?P<min>\d{{1,2}}(?:[.,]\d{{1,4}})?)\s?'\s?)?"
            rf"(?:(?P<sec>\d{{1,2}}(?:[.,]\d{{1,3}})?)\s?(?:\"|'')\s?)?(?P<side>[NSEW])?(?![\w°])",
            _coordinate,
            mark=AMOUNT,
        ),
        rule(
            "measure",
            rf"{STARTS}(?P<a>\d{{1,2}})(?P<unit>m|kg)(?P<b>\d{{1,2}})(?<!m[23])(?!\w|[.,]\d)",
            _and_a_bit,
            mark=AMOUNT,
        ),
        rule(
            "pause", rf"\d\s?(?P<u>{one_of(units)})(?P<it>-)(?=\d{{1,6}}(?!(?P=u)){one_of(units)}{ENDS})", always(",")
        ),
        rule(
            "measure",
            rf"{STARTS}(?P<a>{NUMBER})(?:\s?-\s?(?P<b>{NUMBER}))?\s?(?P<unit>{one_of(units)}){ENDS}"
            rf"(?P<per>(?:/{behind}{ENDS}){{0,2}})",
            _measure,
            mark=AMOUNT,
        ),
        rule("measure", rf"(?<={AMOUNT})\s?(?P<unit>{one_of(units)}){ENDS}", _unit_alone, mark=AMOUNT),
        rule("per", rf"(?<={AMOUNT})/(?P<h>\d{{1,2}})\s?(?:h|giờ){ENDS}", _in_hours),
        rule("per", rf"(?<={MONEY})(?P<per>(?:\s?/\s?{behind}{ENDS}){{1,3}})", _each),
        rule("per", rf"(?<=[{AMOUNT}])(?P<per>/{behind}{ENDS})", _per),
        rule(
            "per",
            rf"[\d{AMOUNT}]\s{LETTER}{{1,7}}(?:\s{LETTER}{{1,7}})?(?P<it>(?P<per>(?:/{behind}{ENDS}){{1,2}}))",
            _per,
        ),
    )
