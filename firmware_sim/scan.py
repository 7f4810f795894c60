"""What the QR code on a label says, as a speaker with a camera or a technician's telephone hands it on."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from firmware_sim.errors import NotLetIn

SCHEME = "loa"


@dataclass(frozen=True)
class Scan:
    """A claim code; `at`: where to bring it, `root`: the key id that must answer; both empty where it was typed."""

    code: str
    at: str = ""
    root: str = ""


def read_scan(text: str) -> Scan:
    """`loa:CODE?at=ADDRESS&root=KEY`, or a code alone. NotLetIn where it begins as a label does and is none."""
    said = text.strip()
    if not said.lower().startswith(f"{SCHEME}:"):
        return Scan(said)
    try:
        label = urlsplit(said)
        query = parse_qs(label.query, strict_parsing=True)
        at, root = query["at"][0].rstrip("/"), query["root"][0]
        whole = bool(label.path) and urlsplit(at).scheme in {"http", "https"} and bool(urlsplit(at).hostname)
    except (ValueError, KeyError) as error:
        raise NotLetIn(why="label_unreadable") from error
    if not whole:
        raise NotLetIn(why="label_unreadable")
    return Scan(label.path, at, root)
