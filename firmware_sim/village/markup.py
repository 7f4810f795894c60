"""The few pieces of HTML that a report is made of; every word is escaped. Knows no rehearsal."""

from collections.abc import Iterable, Mapping
from html import escape

STYLE = """
:root { color-scheme: light }
* { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; font: 1rem/1.5 system-ui, sans-serif; color: #222;
       overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #ccc; break-after: avoid }
.verdict { padding: .6rem 1rem; color: #fff; border-radius: .4rem; margin: .8rem 0 }
.clean { background: #2e7d4f }
.dirty { background: #b3261e }
table { border-collapse: collapse; font-size: .92rem }
caption { text-align: left; color: #555; padding-top: .6rem }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; border-bottom: 1px solid #eee; vertical-align: top;
         overflow-wrap: normal }
thead th { font-weight: normal; color: #555 }
tbody th { white-space: nowrap }
.pairs td { overflow-wrap: anywhere }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.found th, .found .n { color: #b3261e }
.wide { overflow-x: auto }
code, ol { font: .82rem/1.5 ui-monospace, monospace }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1rem 2rem }
figure { margin: 0; break-inside: avoid }
figcaption { font-weight: 600 }
figure p { font-size: .85rem; color: #555; margin: 0 }
svg { display: block; width: 100% }
summary { cursor: pointer }
li::marker { color: #888 }
"""


def document(title: str, parts: Iterable[str]) -> str:
    """A whole file in English; `parts` are HTML already."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{element('title', title)}<style>{STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{"".join(parts)}</body></html>\n'


def element(name: str, said: object, looks: str = "") -> str:
    """`said` is words, never HTML; `looks` a class."""
    return f"<{name}{_class(looks)}>{escape(str(said))}</{name}>"


def section(name: str, *inside: str) -> str:
    return f"<section>{element('h2', name)}{''.join(inside)}</section>\n"


def figure(name: str, inside: str) -> str:
    return f"<figure>{element('figcaption', name)}{inside}</figure>\n"


def pairs(rows: Mapping[str, str]) -> str:
    """A name and what there is to say about it, line by line."""
    told = "".join(row(name, said) for name, said in rows.items())
    return f'<table class="pairs"><tbody>{told}</tbody></table>'


def table(caption: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    """`rows` are made by `row`."""
    head = "".join(element("th", said) for said in heads)
    told = f"{element('caption', caption)}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<div class="wide"><table>{told}</table></div>'


def row(name: str, *values: object, looks: str = "") -> str:
    """Whole numbers stand to the right."""
    cells = "".join(
        element("td", f"{value:,}", "n") if isinstance(value, int) else element("td", value) for value in values
    )
    return f"<tr{_class(looks)}>{element('th', name)}{cells}</tr>"


def _class(looks: str) -> str:
    return f' class="{escape(looks)}"' if looks else ""
