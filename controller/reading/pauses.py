"""Punctuation as pauses: what a voice can make of it stays, one mark at a time, every line is closed."""

import re

ELLIPSIS = re.compile(r"\.{2,}[ ]*(\w?)")
CHANGES = (
    (re.compile(r"[()\[\]{}|\\/<>–—]+|(?<=[ ])[-−]+(?=[ ])"), ","),
    (re.compile(r"[-−_*#^`~\"'=+@$&%°]+"), " "),
    (re.compile(r"[ ]+(?=[,.;:!?])"), ""),
)
STOPS = re.compile(r"[,.;:!?][ ,.;:!?]*")
WEIGHT = "?!.;:,"


def settle(text: str) -> str:
    """Words, single spaces and one of `, . ; : ! ?` between them; lines without a word go."""
    lines = (_settle_line(line) for line in text.split("\n") if line.strip())
    return "\n".join(line for line in lines if line)


def _settle_line(line: str) -> str:
    line = ELLIPSIS.sub(lambda dots: (", " if dots[1].islower() else ". ") + dots[1], line)
    for pattern, pause in CHANGES:
        line = pattern.sub(pause, line)
    line = " ".join(STOPS.sub(_strongest, line).split()).lstrip(",.;:!? ")
    if not line:
        return ""
    return line if line[-1] in ".!?:;" else f"{line.rstrip(',')}."


def _strongest(match: re.Match[str]) -> str:
    """One pause for a row of them: the heaviest mark in it."""
    return f"{min(match.group().replace(' ', ''), key=WEIGHT.index)} "
