"""Tables of people and what they may, of keys for programs, of acts on record, and of requests already answered."""

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """Somebody who logs in: with a password and perhaps a second factor, or by a provider of identities."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("issuer", "issuer_subject"),)
    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    """Compared without case."""
    name: str
    language: str = "vi"
    area_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    """Whose person they are: its administrators look after them; None: the installation's."""
    password: str | None = None
    """Argon2id; None: none has been set, or a provider vouches."""
    issuer: str | None = None
    issuer_subject: str | None = None
    """Who they are at the OpenID provider `issuer`."""
    created_at: int = Field(sa_type=BigInteger)
    created_by: str
    changed_at: int = Field(sa_type=BigInteger)
    """When password, second factor, roles or standing changed: sessions that began before are dead."""
    disabled_at: int | None = Field(default=None, sa_type=BigInteger)


class RoleGrant(SQLModel, table=True):
    """A person has a role at an area and all within it; without an area: in the whole installation."""

    __tablename__ = "role_grant"
    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    role: str
    area_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    since: int = Field(sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)
    given_by: str
    """Id of who gave it."""
    delegated_by: str | None = Field(default=None, foreign_key="person.id", index=True)
    """Lent by this person, who must still have it; ends at `until`."""
    ended_at: int | None = Field(default=None, sa_type=BigInteger)


class ApiKey(SQLModel, table=True):
    """A key by its SHA-256; the key itself is shown once and never stored here."""

    __tablename__ = "api_key"
    id: str = Field(primary_key=True)
    name: str
    digest: str = Field(unique=True)
    role: str
    areas: list[str] = Field(default_factory=list, sa_type=JSON)
    """Where it is good, with all within; empty: everywhere."""
    actions: list[str] = Field(default_factory=list, sa_type=JSON)
    """To which of its role's actions it is narrowed; empty: all."""
    addresses: list[str] = Field(default_factory=list, sa_type=JSON)
    """Networks (CIDR) from which it is good; empty: from anywhere."""
    per_minute: int | None = None
    """Requests that it may make in a minute; None: no limit of its own."""
    created_at: int = Field(sa_type=BigInteger)
    created_by: str = ""
    expires_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
    last_used_at: int | None = Field(default=None, sa_type=BigInteger)
    last_used_from: str | None = None


class AuditLine(SQLModel, table=True):
    """Who did what to which subject, when and from where; only ever added to, each bound to the one before.

    The database itself refuses to change or delete a line (`append_only.py`), but for one thing: name and address
    of somebody who is to be forgotten, together with the salt.
    """

    __tablename__ = "audit_line"
    id: int | None = Field(default=None, primary_key=True)
    """Counts from 1 without gaps."""
    at: int = Field(sa_type=BigInteger, index=True)
    clock: str = "system"
    """What `at` was taken from; empty: not known, before lines were bound."""
    who_id: str = Field(default="", index=True)
    """`person/…`, `key/…`; empty: the command line of the machine."""
    who: str
    """Their name then."""
    origin: str
    salt: str | None = None
    sealed: str = ""
    """SHA-256 of salt, name and address."""
    action: str
    subject: str = Field(index=True)
    area_id: str | None = Field(default=None, index=True)
    """Where; None: the installation."""
    detail: str = ""
    before: str | None = None
    """JSON text of what the act replaced."""
    after: str | None = None
    hash: str = ""
    """SHA-256 over this line and the hash before it (`chain.py`)."""


class AuditHead(SQLModel, table=True):
    """The end of the chain, one row: who adds a line holds it, and it tells when the table's end is cut off."""

    __tablename__ = "audit_head"
    id: int = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    hash: str


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
