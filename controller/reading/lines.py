"""Lines of a typed bulletin: wrapped ones are joined, bullets and rulers go."""

import re

BULLET = re.compile(r"[ ]*[-+•*·▪▫◦●○■□◆◇►▶▸➢➤✓✔✦★☆→]+(?:[ ]+|(?=[^\W\d_]))")
BLANK = re.compile(r"\n[ \n]*\n")
ENDED = (".", "!", "?", ":", ";")


def join_wrapped(text: str) -> str:
    """One line for each sentence, heading or item.

    A line that goes on with a small letter after no full stop, or after a comma, was only wrapped.
    """
    joined: list[str] = []
    for line in map(str.strip, BLANK.sub("\n\n", text).split("\n")):
        if joined and _goes_on(joined[-1], line):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(BULLET.sub("", line, count=1) if BULLET.match(line) else line)
    return "\n".join(joined)


def _goes_on(line: str, following: str) -> bool:
    if not line or not following or line.endswith(ENDED):
        return False
    return (following[0].islower() and not _is_item(following)) or (line.endswith(",") and following[0].isalpha())


def _is_item(line: str) -> bool:
    """Begins with a letter as a list has it: "a)" or "b."."""
    return line[1:2] in (")", ".")
