"""What an installation can set, by environment: `LOA_DATA`, `LOA_MQTT__URL` and so on; `…_FILE` names a file."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from controller.secret_files import file_source


class MqttSettings(BaseModel):
    """The broker. Without a URL one is started: embedded, or an installed Mosquitto."""

    url: Annotated[str | None, Field(repr=False)] = None
    """May hold a password."""
    broker: Literal["embedded", "mosquitto"] = "embedded"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
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


class OutwardSettings(BaseModel):
    """Where addresses that people enter may lead."""

    networks: list[IPvAnyNetwork] = []
    """Networks inside that may be reached all the same, as those of a province's own systems."""
    ports: list[Annotated[int, Field(ge=1, le=65535)]] = [80, 443, 8000, 8080, 8443]


class RetentionSettings(BaseModel):
    """How long is kept what tells something about people; the rest is in docs/privacy.md."""

    answered_days: Annotated[int, Field(ge=366, le=3_660)] = 400
    """Requests with an Idempotency-Key that were answered: longer than an order may be ahead."""
    address_days: Annotated[int, Field(ge=1, le=3_660)] = 90
    """From which address a key was last used."""


class SecuritySettings(BaseModel):
    """Whom to tell about a weakness: stands in /.well-known/security.txt."""

    contact: Annotated[str | None, Field(pattern=r"^(mailto:|https://|tel:)[!-~]+$")] = None


class Settings(BaseSettings):
    """All settings; each has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="LOA_", env_nested_delimiter="__")

    data: Path = Path("loa-data")
    mqtt: MqttSettings = MqttSettings()
    api: ApiSettings = ApiSettings()
    keys: KeySettings = KeySettings()
    air: AirSettings = AirSettings()
    security: SecuritySettings = SecuritySettings()
    outward: OutwardSettings = OutwardSettings()
    retention: RetentionSettings = RetentionSettings()

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Environment, and files that it names."""
        return init_settings, env_settings, file_source(settings_cls)
