"""Tables of programmes, groups of speakers, and who goes first where two collide. Instants are us UTC."""

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel


class ProgrammeRow(SQLModel, table=True):
    """A programme; `said` is the whole of it (`scheduler.programmes.programme.Programme`) as JSON."""

    __tablename__ = "programme"
    id: str = Field(primary_key=True)
    title: str
    owner_id: str = Field(foreign_key="area.id", index=True)
    said: dict[str, object] = Field(sa_type=JSON)
    revision: int = 1
    created_at: int = Field(sa_type=BigInteger, index=True)
    created_by: str
    changed_by_id: str = ""
    """Id of who said last what is to sound, and when."""
    approved_by: str | None = None
    """The second person who approved that; None: none was needed."""
    changed_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger, index=True)
    """Deleted then; it stays for the record."""


class Choice(SQLModel, table=True):
    """Of two programmes that collide: which one keeps its time, and what becomes of the other."""

    __tablename__ = "programme_choice"
    first_id: str = Field(primary_key=True, foreign_key="programme.id")
    second_id: str = Field(primary_key=True, foreign_key="programme.id", index=True)
    second: str
    """`append`: it sounds after; `leave_out`: not at all then."""
    decided_at: int = Field(sa_type=BigInteger)
    decided_by: str


class SpeakerGroup(SQLModel, table=True):
    """Some speakers under one name, across areas."""

    __tablename__ = "speaker_group"
    id: str = Field(primary_key=True)
    name: str
    created_at: int = Field(sa_type=BigInteger)


class GroupMember(SQLModel, table=True):
    __tablename__ = "speaker_group_member"
    group_id: str = Field(primary_key=True, foreign_key="speaker_group.id")
    device_id: str = Field(primary_key=True, foreign_key="device.id", index=True)
