"""The one door to APScheduler. It only wakes somebody; what is due is read from the occurrence table."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Engine:
    """Rings at the instants it is given. Its jobs live in memory and are rebuilt from the table at each start.

    A date job never misfires here: a late ring is as good as one in time, because the table decides.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._scheduler = BackgroundScheduler(timezone=UTC, daemon=True)
        self._armed: dict[str, int] = {}

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """End its thread. Pausing and clearing first lets a ring in progress end: a bare shutdown trips over it."""
        self._scheduler.pause()
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=False)

    def arm(self, instants: Mapping[str, int]) -> None:
        """Ring at each instant (us UTC), given by the occurrence's id; those no longer named are let go."""
        for gone in self._armed.keys() - instants.keys():
            del self._armed[gone]
            with suppress(JobLookupError):
                self._scheduler.remove_job(gone)
        for occurrence, at in instants.items():
            if self._armed.get(occurrence) != at:
                self._add(occurrence, at)

    def _add(self, occurrence: str, at: int) -> None:
        self._armed[occurrence] = at
        self._scheduler.add_job(
            self._ring, "date", run_date=_EPOCH + timedelta(microseconds=at), id=occurrence,
            replace_existing=True, misfire_grace_time=None, coalesce=True,
        )  # fmt: skip
