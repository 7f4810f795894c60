"""The few elements of SVG that plots are made of; every word is escaped. Knows no plot."""

from html import escape

WIDTH = 440
"""Of every picture, units: words can be read on a phone, and two pictures stand side by side on a screen."""
INK = "#333"


def picture(name: str, described: str, height: float, inside: str) -> str:
    """A whole picture; `name` is its own in the page, `described` says in words what is to be seen."""
    key = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    told = _tag("title", escape(name), id=f"{key}-title") + _tag("desc", escape(described), id=f"{key}-desc")
    return _tag(
        "svg", told + inside, viewBox=f"0 0 {WIDTH} {number(height)}", role="img", fill=INK, font_size=12,
        aria_labelledby=f"{key}-title {key}-desc",
    )  # fmt: skip


def words(x: float, y: float, said: str, **looks: object) -> str:
    """At the height of their middle; `looks` are attributes, with _ for -."""
    place = {"x": number(x), "y": number(y), "dominant_baseline": "central"}
    return _tag("text", escape(said), **(place | looks))


def line(x1: float, y1: float, x2: float, y2: float, **looks: object) -> str:
    return _tag("line", x1=number(x1), y1=number(y1), x2=number(x2), y2=number(y2), **looks)


def box(x: float, y: float, width: float, height: float, **looks: object) -> str:
    return _tag("rect", x=number(x), y=number(y), width=number(width), height=number(height), **looks)


def dot(x: float, y: float, **looks: object) -> str:
    return _tag("circle", cx=number(x), cy=number(y), r=3, **looks)


def number(value: float) -> str:
    """A tenth of a unit is fine enough."""
    return f"{value:.1f}".removesuffix(".0")


def _tag(name: str, inside: str = "", /, **given: object) -> str:
    said = (f' {_attribute(key)}="{escape(str(value))}"' for key, value in given.items())
    return f"<{name}{''.join(said)}>{inside}</{name}>"


def _attribute(key: str) -> str:
    return key if key == "viewBox" else key.replace("_", "-")
