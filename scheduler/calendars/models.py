"""The table of special days: public holidays as a library knows them, and what the office has changed."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class SpecialDayRow(SQLModel, table=True):
    """A day off, or a weekend day that is worked. Without a name: the office says that it is an ordinary day."""

    __tablename__ = "special_day"
    day: str = Field(primary_key=True)
    """ISO 8601 date."""
    name: str
    off: bool = True
    source: str
    """The library with its version, or `office`."""
    changed_at: int = Field(sa_type=BigInteger)
    changed_by: str = ""
