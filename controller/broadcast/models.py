"""Tables of broadcasts; instants are us UTC."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class Broadcast(SQLModel, table=True):
    """A bulletin ordered to sound at some places at one instant."""

    __tablename__ = "broadcast"
    id: str = Field(primary_key=True)
    bulletin_id: str = Field(foreign_key="bulletin.id", index=True)
    occurrence_id: str = Field(index=True)
    sha256: str = Field(foreign_key="blob.sha256")
    duration_ms: int
    rank: str
    volume: int
    repeats: int
    gap_ms: int
    start_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger, index=True)
    """Last sample of a start in time."""
    max_late_ms: int
    expires_at: int = Field(sa_type=BigInteger, index=True)
    created_at: int = Field(sa_type=BigInteger, index=True)
    created_by: str
    created_by_id: str = ""
    """Id of who ordered it; empty for airings of programmes, whose own row says it."""
    approved_by: str | None = None
    """The second person; None: none was needed."""
    programme_id: str | None = Field(default=None, index=True)
    """The programme that it is an airing of: speakers learn of it by their plan."""
    stop_requested_at: int | None = Field(default=None, sa_type=BigInteger)
    stop_published_at: int | None = Field(default=None, sa_type=BigInteger)


class BroadcastArea(SQLModel, table=True):
    """An area that was asked for; speakers asked for by name stand in the deliveries alone."""

    __tablename__ = "broadcast_area"
    broadcast_id: str = Field(primary_key=True, foreign_key="broadcast.id")
    area_id: str = Field(primary_key=True, foreign_key="area.id")
