"""Tables of requests that wait for a second person, and of when one is needed. Instants are us UTC."""

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel


class ApprovalRequest(SQLModel, table=True):
    """Something that was asked for, whole, and what became of it (`approval_states`)."""

    __tablename__ = "approval_request"
    id: str = Field(primary_key=True)
    kind: str
    """Name of the deed."""
    action: str
    """The right that it takes."""
    nature: str
    reason: str
    """Why a second person is needed."""
    subject: str | None = None
    """Id of what it is about, where that is there already."""
    said: str
    """In a line, for people."""
    wish: dict[str, object] = Field(sa_type=JSON)
    pins: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    """What must still be so when it is carried out."""
    fingerprint: str
    """SHA-256 of kind, wish and pins."""
    places: list[str | None] = Field(default_factory=list, sa_type=JSON)
    """Areas that it concerns; null: the installation."""
    speakers: int = 0
    everyone: bool = False
    bulletin_id: str | None = None
    start_at: int | None = Field(default=None, sa_type=BigInteger)
    """When it would sound; None: as soon as it is approved, or by a rule."""
    created_at: int = Field(sa_type=BigInteger, index=True)
    created_by: str
    created_by_id: str = Field(index=True)
    origin: str
    circle: list[str] = Field(default_factory=list, sa_type=JSON)
    """Ids of all who count as one with whoever asked: none of them may approve it."""
    expires_at: int = Field(sa_type=BigInteger)
    state: str = Field(default="waiting", index=True)
    decided_at: int | None = Field(default=None, sa_type=BigInteger)
    decided_by: str | None = None
    decided_by_id: str | None = None
    words: str = ""
    """What whoever decided said of it."""
    result: str | None = None
    """Id of what was made."""
    problem: str | None = None
    """Code of why it could not be carried out."""


class ApprovalPolicy(SQLModel, table=True):
    """When an area, with all within it, wants a second person."""

    __tablename__ = "approval_policy"
    id: str = Field(primary_key=True)
    area_id: str | None = Field(default=None, foreign_key="area.id", unique=True)
    """None: the installation."""
    ranks: list[str] = Field(default_factory=list, sa_type=JSON)
    sources: list[str] = Field(default_factory=list, sa_type=JSON)
    from_speakers: int | None = None
    from_percent: int | None = None
    hours: int
    changed_at: int = Field(sa_type=BigInteger)
    changed_by: str
