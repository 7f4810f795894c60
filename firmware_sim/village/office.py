"""The office: a controller's folder with database, store and keys, filled from one seed without the web."""

import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from controller.db import Database, Witness
from controller.keyring import Keyring
from controller.keys.changes import first
from controller.library.models import Blob, Bulletin
from controller.library.store import Store
from controller.people.audit import Act
from controller.tables import METADATA
from devices.models import Area, Device
from devices.protocol.keys import SigningKey
from devices.registry import add_area, add_devices
from firmware_sim.runtime import Dice, dice
from firmware_sim.village.clips import opus_clip
from firmware_sim.village.virtual_time import START


@cache
def _empty_tables() -> bytes:
    """A database with every table and no row, made once in a process: most histories are short."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with closing(engine.raw_connection()) as connection:
        return bytes(connection.driver_connection.serialize())  # type: ignore[union-attr]


@dataclass
class Office:
    """Everything is drawn from one seed."""

    folder: Path
    seed: int = 1
    chunk_bytes: int = 4096
    """Small, so that short sounds travel in several pieces too."""
    begin: int = START
    """When its story begins, us UTC."""
    chance: Dice = field(init=False)
    database: Database = field(init=False)
    store: Store = field(init=False)
    keyring: Keyring = field(init=False)
    root: SigningKey = field(init=False)
    """Offline, in an installation."""
    keys: dict[str, SigningKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = dice(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)
        tables = self.folder / "loa.db"
        if not tables.exists():
            tables.write_bytes(_empty_tables())
        witness = Witness(dice(f"{self.seed} witness").randbytes, lambda: "system")
        self.database = Database(tables, durable=False, witness=witness)
        self.store = Store(self.folder / "store")
        made, self.root = first(self.new_id(), dice(f"{self.seed}/keys").randbytes, self.begin)
        self.keyring = made.after
        self.chance.randbytes(160)  # so far keys were drawn here: a seed tells the story that it always told

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def act(self, now: int | None = None, key: str | None = None) -> Act:
        """Somebody who may do everything does something."""
        return Act("test", "127.0.0.1", self.begin if now is None else now, key, fingerprint="same")

    def area(self, name: str, parent: str | None = None) -> str:
        with self.database.write() as session:
            return add_area(session, Area(id=self.new_id(), name=name, parent_id=parent, created_at=self.begin)).id

    def speaker(self, area: str, name: str = "loa") -> str:
        """Register a speaker with a key of its own; its id."""
        return self.register(area, [name])[0]

    def register(self, area: str, names: Sequence[str]) -> list[str]:
        """Register speakers with keys of their own; their ids."""
        keys = {self.new_id(): SigningKey(self.chance.randbytes(32)) for _ in names}
        devices = [
            Device(id=device, name=name, area_id=area, public_key=key.verify_key.public, registered_at=self.begin)
            for name, (device, key) in zip(names, keys.items(), strict=True)
        ]
        with self.database.write() as session:
            add_devices(session, devices)
        self.keys |= keys
        return list(keys)

    def blob(self, seconds: float = 2.0, frequency: float = 440.0, clip: str | None = None) -> str:
        """A sound in the store; its SHA-256."""
        content = opus_clip(seconds, frequency)
        source = self.folder / "take"
        source.write_bytes(content)
        sha256 = self.store.adopt(source)
        with self.database.write() as session:
            if session.get(Blob, sha256) is None:
                session.add(self._row(sha256, len(content), seconds, clip))
        return sha256

    def bulletin(self, seconds: float = 2.0, frequency: float = 440.0) -> str:
        """A bulletin that may air; its id."""
        sha256, made = self.blob(seconds, frequency), self.new_id()
        with self.database.write() as session:
            session.add(
                Bulletin(
                    id=made,
                    title="Tin",
                    kind="text",
                    state="ready",
                    sha256=sha256,
                    created_at=self.begin,
                    created_by="test",
                )
            )  # fmt: skip
        return made

    def _row(self, sha256: str, size: int, seconds: float, clip: str | None) -> Blob:
        return Blob(
            sha256=sha256, size=size, duration_ms=round(seconds * 1000), chunk_bytes=self.chunk_bytes, clip=clip,
            issued_at=self.begin,
        )  # fmt: skip
