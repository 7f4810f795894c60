"""`loa privacy`: the inventory of personal data as a page."""

from pathlib import Path

from api.cli.refusals import in_words
from api.cli.screen import result, say
from controller.people.privacy import page


def privacy(out: Path | None) -> None:
    """Print it, or write it to `out`."""
    if out is None:
        result(page())
        return
    with in_words():
        out.write_text(page(), "utf-8")
    say(f"written        {out}")
