"""Tables of the rules of the air: of areas, of zones around schools and hospitals, of single speakers."""

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel


class Zone(SQLModel, table=True):
    """A place that wants less noise: a circle around a school, a hospital, a temple."""

    __tablename__ = "zone"
    id: str = Field(primary_key=True)
    name: str
    area_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    """Whose it is; it binds no speaker outside. None: the installation's."""
    kind: str
    latitude: float
    longitude: float
    radius_m: int
    created_at: int = Field(sa_type=BigInteger)


class AirRule(SQLModel, table=True):
    """Rules of one area (with all within it), one zone or one speaker; `rules` as `scheduler.air.rules.AirRules`."""

    __tablename__ = "air_rule"
    id: str = Field(primary_key=True)
    area_id: str | None = Field(default=None, foreign_key="area.id", index=True)
    zone_id: str | None = Field(default=None, foreign_key="zone.id", index=True)
    device_id: str | None = Field(default=None, foreign_key="device.id", index=True)
    name: str
    rules: dict[str, object] = Field(sa_type=JSON)
    changed_at: int = Field(sa_type=BigInteger)
    changed_by: str
