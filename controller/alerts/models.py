"""Tables of alerts; instants are us UTC."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class AlertRow(SQLModel, table=True):
    """An emergency text and its latest revision."""

    __tablename__ = "alert"
    id: str = Field(primary_key=True)
    rev: int = 1
    action: str = "sound"
    text: str
    read_as: str
    created_at: int = Field(sa_type=BigInteger, index=True)
    created_by: str
    created_by_id: str = ""
    approved_by: str | None = None
    """The second person; None: none was needed."""
    revised_at: int = Field(sa_type=BigInteger)
    start_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger, index=True)
    repeats: int
    gap_ms: int
    volume: int
    tone_sha256: str
    tone_ms: int
    speech_sha256: str | None = None
    speech_ms: int = 0
    speech_at: int | None = Field(default=None, sa_type=BigInteger)
    silent_speech: bool = False
    speech_problem: str | None = None
    cleared: bool = False
    """The broker's retained copy has been taken away after the expiry."""
    cancelled_at: int | None = Field(default=None, sa_type=BigInteger)
    moved_at: int | None = Field(default=None, sa_type=BigInteger)
    """When speakers last came to its places or left them: since then it names those that it is for."""
    placed_at: int | None = Field(default=None, sa_type=BigInteger)
    """When it was published since then; until that nobody is told to come to its places."""


class AlertArea(SQLModel, table=True):
    """An area that hears the alert."""

    __tablename__ = "alert_area"
    alert_id: str = Field(primary_key=True, foreign_key="alert.id")
    area_id: str = Field(primary_key=True, foreign_key="area.id")
