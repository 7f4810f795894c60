"""The root key in its one file, under a passphrase. It is opened to change keys, and never needed otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from controller.keys.errors import PassphraseWeak, RootLocked, RootMissing, RootSpoiled
from controller.keys.sealing import COST, LEAST_LETTERS, Sealed, WrongPassphrase, seal, unseal
from devices.protocol.keys import SigningKey

NAME = "root-key.json"


class RootFile(BaseModel):
    """As it lies on the disk; whoever finds it reads what it is."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["loa-root-key"] = "loa-root-key"
    ghi_chu: str = (
        "Khóa gốc của hệ thống loa truyền thanh. Cất hai bản ở hai nơi an toàn, không để trên máy chủ. "
        "Ai có tệp này và mật khẩu thì điều khiển được mọi loa."
    )
    note: str = (
        "The root key of a network of village loudspeakers. Keep two copies in two safe places, away from the server. "
        "Whoever has this file and its passphrase commands every speaker."
    )
    tenant: str
    public: str
    made_at: int
    """us UTC."""
    box: Sealed = Field(repr=False)


@dataclass(frozen=True)
class Safe:
    """How root keys are sealed: chance, and what a guess costs."""

    entropy: Callable[[int], bytes]
    cost: int = COST

    def sealed(self, root: SigningKey, tenant: str, passphrase: str, now: int) -> bytes:
        """The content of a root file; PassphraseWeak."""
        if len(passphrase) < LEAST_LETTERS:
            raise PassphraseWeak()
        public = root.verify_key.public
        box = seal(root.secret(), passphrase, _label(tenant, public), self.entropy, self.cost)
        return RootFile(tenant=tenant, public=public, made_at=now, box=box).model_dump_json(indent=1).encode()


def read_root_file(path: Path) -> RootFile:
    """What stands on the outside; RootMissing, RootSpoiled."""
    try:
        return RootFile.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise RootMissing(file=str(path)) from error
    except ValidationError as error:
        raise RootSpoiled(file=str(path)) from error


def open_root(path: Path, passphrase: str) -> SigningKey:
    """The root key; RootMissing, RootSpoiled, RootLocked."""
    said = read_root_file(path)
    try:
        root = SigningKey(unseal(said.box, passphrase, _label(said.tenant, said.public)))
    except WrongPassphrase as error:
        raise RootLocked(file=str(path)) from error
    if root.verify_key.public != said.public:
        raise RootSpoiled(file=str(path))
    return root


def _label(tenant: str, public: str) -> str:
    return f"loa/1/root-key|{tenant}|{public}"
