"""The names of the letters, for what can only be spelled."""

import re

from controller.reading.numbers import cardinal, digit_by_digit

NAMES = {
    "b": "bê",
    "c": "xê",
    "d": "dê",
    "đ": "đê",
    "f": "ép",
    "g": "giê",
    "h": "hát",
    "j": "gi",
    "k": "ca",
    "l": "e lờ",
    "m": "em",
    "n": "en",
    "p": "pê",
    "q": "quy",
    "r": "e rờ",
    "s": "ét",
    "t": "tê",
    "v": "vê",
    "w": "vê kép",
    "x": "ích",
    "y": "i dài",
    "z": "dét",
}
RUN = re.compile(r"\d+|\D")


def spell(letters: str) -> str:
    """Letter by letter: "BHT2" is "bê hát tê hai"; from three digits on, digit by digit."""
    return " ".join(_name(run) for run in RUN.findall(letters))


def _name(run: str) -> str:
    if run.isdecimal():
        return cardinal(run) if len(run) <= 2 and run[0] != "0" else digit_by_digit(run)
    return NAMES.get(run.lower(), run.lower())
