"""Tables of sessions, second factors, one-time links, known browsers and tries. Secrets are hashed or sealed."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class LogInSession(SQLModel, table=True):
    """Somebody is logged in at a browser, which holds the token; here is its SHA-256."""

    __tablename__ = "log_in_session"
    digest: str = Field(primary_key=True)
    id: str = Field(unique=True)
    """By which it is named on pages and in audit lines; opens nothing."""
    person_id: str = Field(foreign_key="person.id", index=True)
    waits: bool = False
    """For the second factor: until then nobody is logged in."""
    began_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    """To the minute."""
    ends_at: int = Field(sa_type=BigInteger)
    by_provider: bool = False
    """Its person came by the OpenID provider."""
    proved_at: int | None = Field(default=None, sa_type=BigInteger)
    """When a code of the second factor was last given in it."""
    origin: str
    agent: str
    """What the browser calls itself."""


class SecondFactor(SQLModel, table=True):
    """The secret that a person's telephone makes its codes from."""

    __tablename__ = "second_factor"
    person_id: str = Field(primary_key=True, foreign_key="person.id")
    sealed: str
    """The secret under the key of the file `sealing-key`."""
    made_at: int = Field(sa_type=BigInteger)
    confirmed_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the first right code was shown; None: it is not asked for yet."""
    last_step: int = Field(default=0, sa_type=BigInteger)
    """Of the newest code that was used: neither it nor an older one is good again."""


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the telephone once."""

    __tablename__ = "recovery_code"
    digest: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    made_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)


class OneTimeLink(SQLModel, table=True):
    """A link by which one person sets a password, once."""

    __tablename__ = "one_time_link"
    digest: str = Field(primary_key=True)
    kind: str
    """`first`, `invitation`, `password` or `everything`: see `links.py`."""
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    """None: whoever opens it becomes the first administrator."""
    made_at: int = Field(sa_type=BigInteger)
    made_by: str
    expires_at: int = Field(sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)
    """Used, or replaced by a newer one."""


class KnownBrowser(SQLModel, table=True):
    """A browser at which a person has logged in: strangers' guesses do not keep them out there."""

    __tablename__ = "known_browser"
    digest: str = Field(primary_key=True)
    id: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    made_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)


class Try(SQLModel, table=True):
    """A guess that counts against an account, an address or a browser."""

    __tablename__ = "log_in_try"
    id: int | None = Field(default=None, primary_key=True)
    bucket: str = Field(index=True)
    at: int = Field(sa_type=BigInteger, index=True)
