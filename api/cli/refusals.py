"""Coded errors become a sentence and exit status 1; a stack trace is for faults of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.cli.client import Refused, Unreachable
from api.cli.screen import fail
from controller.audio.errors import AudioError
from controller.db import DatabaseError
from controller.errors.base import LoaError
from controller.keys.errors import KeysError
from devices.broker.errors import BrokerError
from devices.errors import DeviceError
from firmware_sim.errors import SpeakerError
from scheduler.errors import SchedulerError

_CODED = (LoaError, DeviceError, AudioError, SpeakerError, SchedulerError)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn a refusal inside the block into words."""
    try:
        yield
    except (Unreachable, Refused) as error:
        fail(str(error))
    except BrokerError as error:
        fail(f"{error.vi}\n{error}")
    except KeysError as error:
        fail(f"{error.vi}\n{error.code}: {' '.join((error.__doc__ or '').split())} {_seen(error)}".strip())
    except DatabaseError as error:
        fail(f"{error.code}: {' '.join((error.__doc__ or '').split())} {error}".strip())
    except _CODED as error:
        fail(f"{error.code}: {' '.join((error.__doc__ or '').split())} {_seen(error)}".strip())
    except OSError as error:
        fail(f"{error.filename or ''} {error.strerror or error}".strip())


def _seen(error: Exception) -> str:
    return ", ".join(f"{name}={value}" for name, value in getattr(error, "data", {}).items())
