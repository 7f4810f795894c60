"""Tables of keys for programs, of acts on record, and of requests already answered."""

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class ApiKey(SQLModel, table=True):
    """A key by its SHA-256; the key itself is shown once and never stored here."""

    __tablename__ = "api_key"
    id: str = Field(primary_key=True)
    name: str
    digest: str = Field(unique=True)
    role: str
    created_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class AuditLine(SQLModel, table=True):
    """Who did what to which subject, when and from where; only ever added to."""

    __tablename__ = "audit_line"
    id: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_type=BigInteger, index=True)
    who: str
    action: str
    subject: str
    origin: str
    detail: str = ""


class AnsweredRequest(SQLModel, table=True):
    """A request with an Idempotency-Key that was carried out, and what it made."""

    __tablename__ = "answered_request"
    __table_args__ = (UniqueConstraint("who", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    who: str
    key: str
    fingerprint: str
    """SHA-256 of method, path and body: the same key with other content is refused."""
    subject: str
    """Id of what was made."""
    at: int = Field(sa_type=BigInteger, index=True)
