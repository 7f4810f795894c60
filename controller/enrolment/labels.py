"""Claim codes on paper: a page of labels to print, each with its QR code. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Literal
from urllib.parse import urlencode

from controller.enrolment.qr import qr_svg
from scheduler.recurrence.walltime import shown
from scheduler.recurrence.zones import VIETNAM, zone_named

Language = Literal["vi", "en"]
STYLE = (
    "@page{size:A4;margin:10mm}body{font:11pt/1.35 sans-serif;margin:0}"
    "main{display:grid;grid-template-columns:1fr 1fr;gap:4mm}"
    "article{border:.3mm dashed #888;padding:3mm;display:grid;grid-template-columns:34mm 1fr;gap:3mm;"
    "break-inside:avoid;align-items:center}svg{width:34mm;height:34mm}p{margin:0}"
    "code{font:bold 13pt monospace;white-space:nowrap}"
)
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "vi": {"title": "Mã nhận loa", "until": "Dùng một lần, đến", "replaces": "Thay cho loa cũ"},
    "en": {"title": "Claim codes", "until": "Once, until", "replaces": "Replaces an old speaker"},
}


@dataclass(frozen=True)
class Label:
    """`until`: as people read it; `text`: what the QR code says."""

    name: str
    place: str
    code: str
    until: str
    text: str
    replaces: bool = False


def until_said(at: datetime) -> str:
    """When a code ends, by clocks in Vietnam."""
    return shown(at, zone_named(VIETNAM)).strftime("%d/%m/%Y %H:%M")


def claim_text(code: str, address: str, root: str) -> str:
    """What a QR code says: the code, where to bring it, and the key id of the root that must answer."""
    return f"loa:{code}?{urlencode({'at': address, 'root': root})}"


def label_page(labels: Iterable[Label], language: Language) -> str:
    """One HTML page that needs nothing else."""
    words = _WORDS[language]
    head = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{words["title"]}</title>'
    return f"{head}<style>{STYLE}</style><main>{''.join(_label(one, words) for one in labels)}</main></html>\n"


def _label(label: Label, words: Mapping[str, str]) -> str:
    lines = [f"<b>{escape(label.name)}</b>", escape(label.place), f"<code>{escape(label.code)}</code>"]
    lines += [f"{words['until']} {escape(label.until)}", *([words["replaces"]] if label.replaces else [])]
    return f"<article>{qr_svg(label.text)}<div>{''.join(f'<p>{line}</p>' for line in lines)}</div></article>"
