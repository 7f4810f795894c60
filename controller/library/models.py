"""Tables of bulletins, of the audio that they became, and of the office's glossary."""

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Bulletin(SQLModel, table=True):
    """What is to be said: typed, recorded or joined. `state`: rendering, ready, failed or recalled."""

    __tablename__ = "bulletin"
    __table_args__ = (Index("ix_bulletin_newest", "category", "owner_id", "created_at"),)
    id: str = Field(primary_key=True)
    title: str
    owner_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    """Whose it is, with all areas within; None: the installation's."""
    kind: str
    """`text`, `upload` or `playlist`."""
    category: str | None = Field(default=None, index=True)
    language: str = "vi"
    """BCP 47."""
    original_id: str | None = Field(default=None, index=True)
    """The bulletin of which this is the version in another language."""
    members: list[str] = Field(default_factory=list, sa_type=JSON)
    """Bulletins of a playlist, in order."""
    text: str | None = None
    read_as: str | None = None
    voice: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    chime: bool = True
    upload_sha256: str | None = None
    upload_name: str | None = None
    state: str = Field(default="rendering", index=True)
    held: bool = False
    """No programme takes it by itself, by its category or as a version, before a second person has let it."""
    problem: str | None = None
    """Code of the reason why it failed."""
    sha256: str | None = Field(default=None, foreign_key="blob.sha256")
    wav_sha256: str | None = None
    lufs: float | None = None
    true_peak_db: float | None = None
    warnings: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: int = Field(sa_type=BigInteger, index=True)
    created_by: str


class Blob(SQLModel, table=True):
    """A rendered Opus clip in the store, and how long the broker keeps a copy."""

    __tablename__ = "blob"
    sha256: str = Field(primary_key=True)
    size: int
    duration_ms: int
    chunk_bytes: int
    clip: str | None = Field(default=None, index=True)
    """Name of a clip that every speaker holds for ever, e.g. `tone`."""
    issued_at: int = Field(sa_type=BigInteger)
    retained_until: int = Field(default=0, sa_type=BigInteger, index=True)
    """The broker's copy is needed until then, us UTC; 0: it holds none."""


class GlossaryEntry(SQLModel, table=True):
    """How a place reads a word or phrase, with all within; comes before every built-in rule."""

    __tablename__ = "glossary"
    __table_args__ = (UniqueConstraint("area_id", "written"),)
    id: int | None = Field(default=None, primary_key=True)
    area_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    """Whose it is; None: the installation's."""
    written: str
    spoken: str
