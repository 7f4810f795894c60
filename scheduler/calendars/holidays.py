"""The one door to the holidays library: public days off in Vietnam, as far as they are known or reckoned."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.metadata import version

from holidays import country_holidays


def public_holidays(years: Iterable[int]) -> Mapping[date, str]:
    """Day to its Vietnamese name. Breaks of years to come are reckoned by the law as it is; the State decides."""
    return dict(country_holidays("VN", years=list(years), language="vi"))


@cache
def source() -> str:
    return f"holidays {version('holidays')} (VN)"
