"""What an installation can set, by environment: `LOA_DATA`, `LOA_MQTT__URL` and so on; `…_FILE` names a file."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, IPvAnyNetwork, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from controller.people.sign_on.addresses import is_safe
from controller.secret_files import file_source


def _safe_issuer(url: str | None) -> str | None:
    if url is not None and not is_safe(url):
        raise ValueError("must be an https URL, or http on this machine")
    return url


_ADDRESS = re.compile(r"(https?)://([^/\s@:\[\]]+|\[[0-9a-f:.]+\])(:\d+)?/?", re.IGNORECASE)

_LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")


def _as_browsers_say(url: str | None) -> str | None:
    """Small letters, no port that goes without saying, other alphabets in ASCII: so it can be compared with Origin."""
    if url is None:
        return None
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise ValueError("must be https:// or http:// and a host, perhaps with a port, and no path")
    scheme, host, port = found[1].lower(), found[2].encode("idna").decode("ascii").lower(), found[3] or ""
    return f"{scheme}://{host}" + ("" if port == {"https": ":443", "http": ":80"}[scheme] else port)


class MqttSettings(BaseModel):
    """The broker. Without a URL one is started: embedded, or an installed Mosquitto."""

    url: Annotated[str | None, Field(repr=False)] = None
    """May hold a password."""
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
    public_url: Annotated[str | None, AfterValidator(_as_browsers_say)] = None
    """How browsers reach it, e.g. https://loa.example.vn; with https, cookies are for TLS alone."""
    proxies: list[IPvAnyNetwork] = []
    """Networks of the reverse proxies whose word about an address is believed."""

    @property
    def tls(self) -> bool:
        return self.public_url is not None and self.public_url.startswith("https:")

    @property
    def in_clear(self) -> bool:
        """Whether others than this machine can reach it without TLS."""
        return not self.tls and not _LOOPBACK.fullmatch(self.host)


class PeopleSettings(BaseModel):
    """How long people stay logged in, and what keeping a password costs."""

    idle_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    """A session that nobody uses ends after so long."""
    session_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 12
    """Every session ends after so long."""
    argon2_kib: Annotated[int, Field(ge=64, le=4_194_304)] = 65_536
    argon2_rounds: Annotated[int, Field(ge=1, le=100)] = 3


class OidcSettings(BaseModel):
    """The OpenID provider that vouches for people; none without an issuer."""

    issuer: Annotated[str | None, AfterValidator(_safe_issuer)] = None
    client_id: str = "loa"
    client_secret: SecretStr | None = None
    name: str = "SSO"
    """What stands on its button."""
    invited_by: Literal["nothing", "email", "username"] = "nothing"
    """Which claim finds a person who was added and comes for the first time: as their login."""


class KeySettings(BaseModel):
    """The signing keys, and where their root lies."""

    passphrase: SecretStr | None = None
    """Of the online keys; without one the files are readable by their owner alone."""
    root_file: Path | None = None
    """The root key's file; without one it is looked for in `root/` of the data folder."""
    root_passphrase: SecretStr | None = None
    root_passphrase_file: Path | None = None
    """Its first line is the passphrase of the root key."""
    new_passphrase: SecretStr | None = None
    """What a command asks for that makes a new passphrase, or opens a backup."""


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
    ended_days: Annotated[int, Field(ge=1, le=3_660)] = 30
    """Sessions, one-time links and known browsers after their end, and guesses at passwords."""
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
    people: PeopleSettings = PeopleSettings()
    oidc: OidcSettings = OidcSettings()
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
