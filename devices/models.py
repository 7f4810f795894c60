"""Tables of areas, speakers and incidents. Instants are us UTC; rules live elsewhere."""

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Area(SQLModel, table=True):
    """A place: province, commune, village; any depth."""

    __tablename__ = "area"
    id: str = Field(primary_key=True)
    name: str
    parent_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    latitude: float | None = None
    longitude: float | None = None
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    """In which languages bulletins are heard here, the wished-for first; empty: as the area above."""
    next_number: int = 0
    """The number that the next speaker of this area gets; never goes back."""
    created_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    """Nothing new stands in it from then on; what was, can be read."""
    merged_into: str | None = Field(default=None, foreign_key="area.id")
    """The area that it became a part of when it ended; it stands right below it."""


class AreaPast(SQLModel, table=True):
    """What an area was called and where it lay, from `since` until its next line."""

    __tablename__ = "area_past"
    area_id: str = Field(primary_key=True, foreign_key="area.id")
    since: int = Field(primary_key=True, sa_type=BigInteger)
    name: str
    parent_id: str | None = None


class Device(SQLModel, table=True):
    """A registered speaker, with the latest that is known of it."""

    __tablename__ = "device"
    id: str = Field(primary_key=True)
    name: str
    area_id: str = Field(foreign_key="area.id", index=True)
    public_key: str
    registered_at: int = Field(sa_type=BigInteger)
    retired_at: int | None = Field(default=None, sa_type=BigInteger)
    """Out of service since then: lost, stolen, replaced or retired. None: in service."""
    status: str = "in_service"
    """See `devices.standing`."""
    status_at: int | None = Field(default=None, sa_type=BigInteger)
    replaced_by: str | None = Field(default=None, index=True)
    """The speaker that took its place."""
    shut_out_at: int | None = Field(default=None, sa_type=BigInteger)
    """When the broker was made to drop it, since it went out of service or was heard again; None: still to be done."""
    volume: int = 80
    trim_us: int = 0
    latitude: float | None = None
    longitude: float | None = None
    bearing: float | None = None
    """Where its horn points, degrees from north over east; None: unknown, or all around."""
    interleave: str | None = None
    """"A" or "B": in which turn it speaks where neighbours speak one after the other; None: in the first."""
    sim_daily_bytes: int = Field(default=20_000_000, sa_type=BigInteger)
    """How much audio may be fetched ahead for the coming days."""

    config_seq: int = Field(default=0, sa_type=BigInteger)
    config_content: str = ""
    """SHA-256 of what the configuration of that sequence says; empty: a new one is to be made and published."""
    reported_config_seq: int = Field(default=0, sa_type=BigInteger)

    online: bool = Field(default=False, index=True)
    last_seen: int | None = Field(default=None, sa_type=BigInteger)
    online_changed_at: int | None = Field(default=None, sa_type=BigInteger)
    boot: str | None = None
    model: str | None = None
    firmware: str | None = None
    health: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    health_at: int | None = Field(default=None, sa_type=BigInteger)


class ClaimCode(SQLModel, table=True):
    """A speaker may join once by a code, which is printed for the technician and stands here as a hash only."""

    __tablename__ = "claim_code"
    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    area_id: str = Field(foreign_key="area.id", index=True)
    name: str
    """What the speaker will be called."""
    latitude: float | None = None
    longitude: float | None = None
    bearing: float | None = None
    replaces: str | None = Field(default=None, foreign_key="device.id", index=True)
    """The speaker that is meant: with its own key it gets its certificate, another box takes its place."""
    created_at: int = Field(sa_type=BigInteger)
    created_by: str
    expires_at: int = Field(sa_type=BigInteger, index=True)
    withdrawn_at: int | None = Field(default=None, sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)
    device_id: str | None = Field(default=None, foreign_key="device.id", index=True)
    """Who joined by it."""
    refused: int = 0
    """How often others have tried it after that."""


class DeviceCertificate(SQLModel, table=True):
    """A certificate that a speaker was given to show to the broker. No secret."""

    __tablename__ = "device_certificate"
    serial: str = Field(primary_key=True)
    """Hexadecimal."""
    device_id: str = Field(foreign_key="device.id", index=True)
    public_key: str
    """SHA-256 of the key that it is for, as SubjectPublicKeyInfo."""
    pem: str
    issued_at: int = Field(sa_type=BigInteger)
    not_after: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger, index=True)


class DevicePlan(SQLModel, table=True):
    """The plan that one speaker should hold, and what it said of the one it holds."""

    __tablename__ = "device_plan"
    device_id: str = Field(primary_key=True, foreign_key="device.id")
    seq: int = Field(default=0, sa_type=BigInteger)
    content: str = ""
    """SHA-256 of what the plan of that sequence says."""
    valid_to: int = Field(default=0, sa_type=BigInteger)
    published_at: int | None = Field(default=None, sa_type=BigInteger)
    attempts: int = 0
    held_seq: int = Field(default=0, sa_type=BigInteger)
    """The sequence that the speaker says it holds."""
    held_at: int | None = Field(default=None, sa_type=BigInteger)
    missing: list[str] = Field(default_factory=list, sa_type=JSON)
    """Blobs that it lacks for it."""
    free_bytes: int = Field(default=0, sa_type=BigInteger)
    clock_error_us: int = Field(default=0, sa_type=BigInteger)
    """Expected in a day without network."""


class Erasure(SQLModel, table=True):
    """A speaker has signed that nothing of a sound is in its flash any more."""

    __tablename__ = "erasure"
    device_id: str = Field(primary_key=True, foreign_key="device.id")
    sha256: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    """When its word came."""


class Membership(SQLModel, table=True):
    """A speaker hears an area (its own or an ancestor) under a number that is never given again."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("area_id", "number"),)
    area_id: str = Field(primary_key=True, foreign_key="area.id")
    device_id: str = Field(primary_key=True, foreign_key="device.id", index=True)
    number: int


class Stay(SQLModel, table=True):
    """A speaker was in an area, its own or one around it, from `since` until `until`; without an end it still is.

    Reports of the past are counted by it, and orders find a speaker that has not heard yet that it moved.
    """

    __tablename__ = "stay"
    id: int | None = Field(default=None, primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    area_id: str = Field(foreign_key="area.id", index=True)
    number: int
    home: bool
    """The area in which it stood; else one around that."""
    since: int = Field(sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)
    since_seq: int = Field(default=-1, sa_type=BigInteger, index=True)
    """Its configurations after this one name the area; -1: all that it ever had."""
    left_seq: int | None = Field(default=None, sa_type=BigInteger, index=True)
    """Its configurations after this one do not."""


class Incident(SQLModel, table=True):
    """Something that a person should know of; one open row per kind, speaker and subject."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_open", "kind", "device_id", "subject", "closed_at"),)
    id: str = Field(primary_key=True)
    kind: str
    device_id: str | None = Field(default=None, foreign_key="device.id")
    subject: str = ""
    opened_at: int = Field(sa_type=BigInteger, index=True)
    last_at: int = Field(sa_type=BigInteger)
    count: int = 1
    detail: dict[str, object] = Field(default_factory=dict, sa_type=JSON)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    closed_by: str | None = None
