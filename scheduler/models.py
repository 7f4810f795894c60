"""Tables of what is to be said when: they are the truth; alarms only wake. Instants are us UTC."""

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class Occurrence(SQLModel, table=True):
    """One airing of one order; unique, so that it cannot be planned twice. Instants are us UTC."""

    __tablename__ = "occurrence"
    __table_args__ = (UniqueConstraint("order_id", "start_at"),)
    id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    start_at: int = Field(sa_type=BigInteger)
    publish_at: int = Field(sa_type=BigInteger, index=True)
    """When the order leaves for the speakers."""
    expires_at: int = Field(sa_type=BigInteger)
    claimed_at: int | None = Field(default=None, sa_type=BigInteger, index=True)
    """Set before anything leaves."""


class Airing(SQLModel, table=True):
    """One time of a programme with one sound: unique, so that two who plan at once cannot order it twice."""

    __tablename__ = "airing"
    programme_id: str = Field(primary_key=True, foreign_key="programme.id")
    nominal_at: int = Field(primary_key=True, sa_type=BigInteger)
    """When the programme says; `start_at` may be later, after another one."""
    start_at: int = Field(primary_key=True, sa_type=BigInteger)
    sha256: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    """The order that carries it now: broadcast and occurrence in one."""
    instead: list[str] = Field(default_factory=list, sa_type=JSON)
    """Orders of earlier versions: who has begun one of them does not begin this."""
    withdrawn_at: int | None = Field(default=None, sa_type=BigInteger)
    """Planned no longer."""


class Timetable(SQLModel, table=True):
    """How far the plan has been made, and whether something has changed since; one row."""

    __tablename__ = "timetable"
    id: int = Field(default=1, primary_key=True)
    wanted: int = 0
    """Counts the changes that a plan depends on."""
    planned: int = 0
    """Of `wanted`, when the plan was made last."""
    until: int = Field(default=0, sa_type=BigInteger)
    """All that starts before then has been planned."""


class Lease(SQLModel, table=True):
    """Which controller works; a higher token ends all lower ones."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True)
    holder: str
    token: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
