"""What an installation can set, by environment: `LOA_DATA`, `LOA_MQTT__URL` and so on."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class MqttSettings(BaseModel):
    """The broker. Without a URL one is started: embedded, or an installed Mosquitto."""

    url: str | None = None
    broker: Literal["embedded", "mosquitto"] = "embedded"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    """With `tls` 8883 unless another one is named."""
    tls: bool = False
    """Every client shows a certificate of this installation's authority; Mosquitto only, or a broker with a URL."""
    host: str = "127.0.0.1"
    """Where the broker that is started listens; others than this machine need `tls`."""
    name: str | None = None
    """The host name or address by which speakers reach the broker; without one that of this machine."""
    files: Path | None = None
    """With a URL: the folder of `loa broker-config`, where the list of revoked certificates is kept up to date."""
    filters: Annotated[int, Field(ge=1, le=100_000)] = 3_000
    """After so many chunks of audio the embedded broker is started anew at a quiet moment."""


class ApiSettings(BaseModel):
    """Where the REST interface listens."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080


class KeySettings(BaseModel):
    """The passphrase of the signing keys; without one the files are readable by their owner alone."""

    passphrase: SecretStr | None = None


class AirSettings(BaseModel):
    """How much time orders give to the speakers."""

    lead_ms: Annotated[int, Field(ge=0, le=600_000)] = 3_000
    """From "now" to the first sample of a broadcast, before the time to carry its audio."""
    alert_lead_ms: Annotated[int, Field(ge=0, le=10_000)] = 400
    """From an alert's acceptance to its tone, so that all speakers begin together."""
    speech_lead_ms: Annotated[int, Field(ge=0, le=60_000)] = 1_500
    """From the publication of an alert's speech to its start."""
    heartbeat_s: Annotated[int, Field(ge=5, le=86_400)] = 60
    chunk_bytes: Annotated[int, Field(ge=1024, le=65536)] = 65_536
    """16,384 for weak links."""


class Settings(BaseSettings):
    """All settings; each has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="LOA_", env_nested_delimiter="__")

    data: Path = Path("loa-data")
    mqtt: MqttSettings = MqttSettings()
    api: ApiSettings = ApiSettings()
    keys: KeySettings = KeySettings()
    air: AirSettings = AirSettings()
