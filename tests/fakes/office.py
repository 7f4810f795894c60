"""A controller's database with one commune in it, made in sight: areas, speakers with keys, one ready bulletin."""

import hashlib
import random
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from controller.db import Database
from controller.keyring import Keyring, open_keyring
from controller.library.models import Blob, Bulletin
from controller.library.store import Store
from controller.people.audit import Act
from controller.tables import METADATA
from devices.models import Area, Device
from devices.protocol.keys import SigningKey
from devices.registry import add_area, add_device
from tests.fakes.clips import opus_clip
from tests.fakes.virtual_time import START


@dataclass
class Office:
    """Everything is drawn from one seed."""

    folder: Path
    seed: int = 1
    chance: random.Random = field(init=False)
    database: Database = field(init=False)
    store: Store = field(init=False)
    keyring: Keyring = field(init=False)
    keys: dict[str, SigningKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(self.folder / "loa.db")
        METADATA.create_all(self.database.engine)
        self.store = Store(self.folder / "store")
        self.keyring = open_keyring(
            self.folder / "keys", entropy=self.chance.randbytes, new_id=self.new_id, now=START, passphrase=None
        )

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def act(self, now: int = START, key: str | None = None) -> Act:
        return Act("test", "127.0.0.1", now, key, fingerprint="same")

    def area(self, name: str, parent: str | None = None) -> str:
        with self.database.write() as session:
            return add_area(session, Area(id=self.new_id(), name=name, parent_id=parent, created_at=START)).id

    def speaker(self, area: str, name: str = "loa") -> str:
        key = SigningKey(self.chance.randbytes(32))
        with self.database.write() as session:
            device = Device(
                id=self.new_id(), name=name, area_id=area, public_key=key.verify_key.public, registered_at=START
            )
            add_device(session, device)
        self.keys[device.id] = key
        return device.id

    def blob(self, seconds: float = 2.0, frequency: float = 440.0, clip: str | None = None) -> str:
        content = opus_clip(seconds, frequency)
        source = self.folder / "take"
        source.write_bytes(content)
        sha256 = self.store.adopt(source)
        assert sha256 == hashlib.sha256(content).hexdigest()
        with self.database.write() as session:
            if session.get(Blob, sha256) is None:
                session.add(
                    Blob(
                        sha256=sha256,
                        size=len(content),
                        duration_ms=round(seconds * 1000),
                        chunk_bytes=4096,
                        clip=clip,
                        issued_at=START,
                    )
                )
        return sha256

    def bulletin(self, seconds: float = 2.0, frequency: float = 440.0) -> str:
        sha256 = self.blob(seconds, frequency)
        with self.database.write() as session:
            row = Bulletin(
                id=self.new_id(),
                title="Tin",
                kind="text",
                state="ready",
                sha256=sha256,
                created_at=START,
                created_by="test",
            )
            session.add(row)
        return row.id
