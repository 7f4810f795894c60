"""Who a speaker is and whom it believes from birth: read from and written to a folder; knows no network."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from devices.protocol.errors import ProtocolError
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.trust import Trust, accept_trust
from devices.protocol.units import PublicKey, Uuid
from firmware_sim.errors import BadIdentity

BIRTH_FILE = "birth.json"
KEY_FILE = "key.pem"


class Birth(BaseModel):
    """What the office gives a speaker before it first speaks (`birth.json`)."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")
    tenant: Uuid
    device: Uuid
    root: PublicKey
    """The root key that it is born with."""
    trust: str | None = None
    """A root-signed trust set (JWS), so that it need not wait for the first one."""
    name: str = ""
    """What people call it; only file names use it."""


@dataclass(frozen=True)
class Identity:
    """A speaker's birth and its own key."""

    birth: Birth
    key: SigningKey

    @property
    def tenant(self) -> str:
        return self.birth.tenant

    @property
    def device(self) -> str:
        return self.birth.device

    @property
    def name(self) -> str:
        return self.birth.name or self.birth.device

    def born_trust(self) -> Trust:
        """The trust it starts from; BadIdentity if the set handed in is not its root's."""
        return _born_trust(self.birth.tenant, self.birth.root, self.birth.trust)


@lru_cache(maxsize=16)
def _born_trust(tenant: str, root: str, given: str | None) -> Trust:
    """The same for all speakers of a tenant, and as costly as a signature: remembered."""
    trust = Trust(tenant, VerifyKey(root))
    if given is None:
        return trust
    try:
        return accept_trust(trust, given.encode("ascii", "replace"))
    except ProtocolError as error:
        raise BadIdentity(trust=error.code) from error


def write_identity(folder: Path, identity: Identity) -> None:
    """Write `birth.json` and `key.pem` (readable by its owner alone) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / KEY_FILE
    key.touch(mode=0o600)
    key.write_bytes(identity.key.to_pem())
    (folder / BIRTH_FILE).write_bytes(identity.birth.model_dump_json(indent=1).encode())


def read_identity(folder: Path) -> Identity:
    """Read what `write_identity` wrote; BadIdentity for anything missing or wrong."""
    try:
        birth = Birth.model_validate_json((folder / BIRTH_FILE).read_bytes())
        key = SigningKey.from_pem((folder / KEY_FILE).read_bytes())
    except ValidationError as error:
        raise BadIdentity(field=".".join(map(str, error.errors()[0]["loc"]))) from error
    except (OSError, ValueError, TypeError) as error:
        raise BadIdentity(reason=type(error).__name__) from error
    return Identity(birth, key)
