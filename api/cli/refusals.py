"""Coded errors become a sentence and exit status 1; a stack trace is for faults of ours."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.cli.client import Refused, Unreachable
from api.cli.problem_words import in_both, known
from api.cli.screen import fail
from controller.audio.errors import AudioError
from controller.db import DatabaseError
from controller.errors.base import LoaError
from controller.keys.errors import KeysError
from devices.broker.errors import BrokerError
from devices.errors import DeviceError
from firmware_sim.errors import SpeakerError
from scheduler.errors import SchedulerError

_CODED = (LoaError, DeviceError, DatabaseError, AudioError, SpeakerError, SchedulerError)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a refusal inside the block into words."""
    try:
        yield
    except Refused as error:
        code = error.problem.get("code")
        fail("\n".join(in_both(str(code), error.problem)) if known(code) else str(error))
    except (BrokerError, Unreachable) as error:
        fail(f"{error.vi}\n{error}")
    except KeysError as error:
        fail(f"{error.vi}\n{error.code}: {' '.join((error.__doc__ or '').split())} {_seen(error)}".strip())
    except _CODED as error:
        fail("\n".join(_coded(error)))
    except OSError as error:
        words = in_both("disk_full", {}) if error.errno in _NO_ROOM else []
        fail("\n".join([*words, f"{error.filename or ''} {error.strerror or error}".strip()]))


def _coded(error: Any) -> list[str]:
    """In both languages, where the interface has words for it; of a database, what it said itself and where it lies."""
    where = [f"{error.where or ''} {error}".strip()] if isinstance(error, DatabaseError) else []
    if known(error.code):
        return [*in_both(error.code, getattr(error, "data", {})), *where]
    return [f"{error.code}: {' '.join((error.__doc__ or '').split())} {_seen(error)}".strip()]


def _seen(error: Any) -> str:
    return ", ".join(f"{name}={value}" for name, value in getattr(error, "data", {}).items())
