"""`loa asyncapi`: the wire between controller and speakers, for programs that read AsyncAPI."""

import json
from pathlib import Path

from api.cli.refusals import in_words
from api.cli.screen import result, say
from devices.protocol.asyncapi import document


def asyncapi(out: Path | None) -> None:
    """Print the document, or write it to `out`."""
    text = json.dumps(document(), indent=1, ensure_ascii=False)
    if out is None:
        result(text)
        return
    with in_words():
        out.write_text(text + "\n", "utf-8")
    say(f"written        {out}")
