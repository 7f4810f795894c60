"""What stands on the pages, in both languages."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from fastapi import Request

from api.cookies import cookie_of
from api.problems import Language, Words, read_catalogue
from api.timestamps import to_utc
from scheduler.recurrence.zones import VIETNAM


@cache
def words() -> Mapping[str, Words]:
    return {key: Words(**said) for key, said in read_catalogue("console/words.toml").items()}


class Tongue:
    """Says things in one language, as templates call it: `t('log_in')`."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **seen: object) -> str:
        """KeyError where nobody has found words for it."""
        return words()[key].said(self.language, seen) or key

    def moment(self, micros: int) -> str:
        """`29/11/2026 14:50`, as clocks in Vietnam show it."""
        at: datetime = to_utc(micros).astimezone(ZoneInfo(VIETNAM))
        return f"{at:%d/%m/%Y %H:%M}"


def tongue_of(request: Request) -> Tongue:
    """Vietnamese, unless somebody has asked for English at this browser."""
    return Tongue("en" if cookie_of(request, "language") == "en" else "vi")
