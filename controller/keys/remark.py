"""One thing that there is to say about keys and certificates."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from controller.keys.errors import KeysError
from devices.protocol.units import DAY

SOON = 90 * DAY
"""How long before a key ends it is said, us."""
State = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Remark:
    """`what` names the sentence, `of` fills it."""

    state: State
    what: str
    of: dict[str, object] = field(default_factory=dict)


def unreadable(error: KeysError, folder: Path) -> Remark:
    """In the error's own words."""
    words = {"code": error.code, "vi": error.vi, "en": " ".join(str(error.__doc__).split())}
    return Remark("bad", "unreadable", {**words, "folder": folder})
