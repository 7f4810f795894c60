"""The occurrence table: what is to be said when. It is the truth; alarms only wake."""

from sqlalchemy import BigInteger, UniqueConstraint
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
