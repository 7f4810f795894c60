"""One run of a rehearsal in a folder of its own, how it failed, and the shortest history that fails in the same way."""

import errno
import shutil
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.cli.screen import progress
from controller.db import DatabaseBusyError, DatabaseError
from firmware_sim.village.happenings import Happening
from firmware_sim.village.rehearsal import Outcome, Watch, Wish
from firmware_sim.village.rehearsal import rehearse as run
from firmware_sim.village.shrink import MOST_TRIES, shortest

_OF_THE_MACHINE = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM,
     errno.EACCES, errno.EPERM)
)  # fmt: skip
"""A full disk, no more descriptors: nothing that a history did."""


@dataclass(frozen=True)
class Crash:
    """Something of ours fell over: a failing seed, too."""

    kind: str
    error: str
    told: str
    """The whole traceback."""


Ending = Outcome | Crash


def ended(wish: Wish, happenings: Sequence[Happening], watch: Watch | None = None) -> Ending:
    """OSError or DatabaseError where the machine could not do it."""
    folder = Path(tempfile.mkdtemp(prefix="loa-rehearsal-"))
    try:
        return run(wish, folder, happenings, watch)
    except Exception as error:
        if _of_the_machine(error):
            raise
        said = "".join(traceback.format_exception_only(error)).strip()
        return Crash(type(error).__name__, said, traceback.format_exc())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kinds(ending: Ending) -> frozenset[str]:
    """In which sets something was found, or what fell over; empty: all is well."""
    if isinstance(ending, Crash):
        return frozenset((ending.kind,))
    return frozenset(name for name, count in ending.verdict.counts.items() if count)


def shortest_alike(wish: Wish, happenings: Sequence[Happening], ending: Ending, quiet: bool) -> tuple[Happening, ...]:
    """A part of `happenings` that still fails as they did; the bar shows how many runs of those allowed are left."""
    with progress(quiet=quiet) as bars:
        task = bars.add_task("making it short, runs", total=MOST_TRIES)

        def fails(part: Sequence[Happening]) -> bool:
            alike = bool(kinds(ended(wish, part)) & kinds(ending))
            bars.advance(task)
            return alike

        return shortest(happenings, fails)


def _of_the_machine(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in _OF_THE_MACHINE
    return isinstance(error, DatabaseError) and not isinstance(error, DatabaseBusyError)
