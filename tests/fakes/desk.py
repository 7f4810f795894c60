"""The interface's services without a broker: tables, keys, and a studio that works when its bell rings."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from fastapi import APIRouter
from sqlmodel import select
from starlette.testclient import TestClient

from api.app import PREFIX, create_app
from controller.alerts.raising import TONE
from controller.certificates.authority import open_authority
from controller.enrolment.guesses import Guesses
from controller.library.rendering import Renderer
from controller.people.api_keys import add_key, make_key
from controller.people.models import AuditLine
from controller.runtime.composition import World, build_entrance, build_sign_on
from controller.runtime.folder import DataFolder
from controller.runtime.services import Services
from controller.settings import PeopleSettings, Settings
from devices.protocol.keys import SigningKey
from firmware_sim.village.office import Office
from tests.fakes.studio import WhistlingStudio

CHEAP = PeopleSettings(argon2_kib=64, argon2_rounds=1)
"""Passwords that cost nothing."""


def real_now() -> int:
    return time.time_ns() // 1_000


class ApiDesk:
    """`rung` counts the bells; keys of three roles are there."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.office = Office(folder / "office")
        self.settings = Settings(data=self.office.folder, people=CHEAP, **settings)
        for name in ("incoming", "workshop"):
            (self.office.folder / name).mkdir()
        self.studio = WhistlingStudio()
        self.renderer = Renderer(
            self.office.database, self.office.store, self.studio, self.office.folder / "workshop", 65_536, real_now
        )
        self.renderer.ensure_clip(TONE, self.studio.tone)
        self.rung: list[str] = []
        self.studio_works = True
        self.later = 0
        """How far the interface's clock is ahead of ours, us."""
        self.authority = open_authority(
            self.office.folder / "authority", entropy=self.office.chance.randbytes, now=real_now(),
            tenant=self.office.keyring.tenant, passphrase=None,
        )  # fmt: skip
        self.keys = {role: self.key(role) for role in ("administrator", "emergency", "viewer")}
        world = World(lambda: real_now() + self.later, self.office.new_id)
        self.entrance = build_entrance(
            self.settings, self.office.database, DataFolder(self.office.folder), world, self.office.chance.randbytes
        )
        self.services = Services(
            settings=self.settings, database=self.office.database, store=self.office.store,
            keys=lambda: self.office.keyring, entrance=self.entrance, studio=self.studio,
            ring=lambda: self.rung.append("controller"), ring_almanac=lambda: self.rung.append("almanac"),
            ring_studio=self._render, ring_voice=lambda: self.rung.append("voice"), link_up=lambda: True,
            ring_door=lambda: self.rung.append("door"), authority=self.authority,
            broker_address=lambda: "mqtts://loa.test:8883", guesses=Guesses(),
            now=world.now, sign_on=build_sign_on(self.settings, self.entrance, world, time.monotonic),
        )  # fmt: skip
        self.app = create_app(self.services)
        self._own: list[APIRouter] = []
        self.base = self.settings.api.public_url or "http://loa.test"

    def key(self, role: str) -> str:
        key = make_key(self.office.chance.randbytes(24))
        with self.office.database.write() as session:
            add_key(session, self.office.new_id(), role, key, role, real_now())
        return key

    def _render(self) -> None:
        while self.studio_works and self.renderer.do_once():
            pass

    def client(self, role: str = "administrator", **headers: str) -> TestClient:
        shown = {"Authorization": f"Bearer {self.keys[role]}"} if role in self.keys else {}
        return TestClient(
            self.app, base_url="http://loa.test/api/v1/", headers=shown | headers, raise_server_exceptions=False
        )

    def instead(self, router: APIRouter, dependency: Callable[..., Any], other: object) -> None:
        """Routes of this desk alone, in front of those that all applications share: they get `other`."""
        if router not in self._own:
            self._own.append(router)
            self.app.include_router(router, prefix=PREFIX)
            self.app.router.routes.insert(0, self.app.router.routes.pop())
        self.app.dependency_overrides[dependency] = lambda: other

    def audit(self) -> list[tuple[str, str]]:
        with self.office.database.read() as session:
            return [(row.who, row.action) for row in session.exec(select(AuditLine).order_by("id"))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.office.database.close()


class Place:
    """A commune with one speaker and one bulletin, made through the interface."""

    def __init__(self, client: TestClient) -> None:
        self.province = client.post("areas", json={"name": "Tỉnh Tiền Giang"}).json()["id"]
        self.area = client.post("areas", json={"name": "Xã Tân Đông", "parent": self.province}).json()["id"]
        key = SigningKey(b"\5" * 32).verify_key.public
        self.device = client.post("devices", json={"name": "Loa 1", "area": self.area, "public_key": key}).json()["id"]
        self.bulletin = client.post("bulletins", json={"title": "Họp thôn", "text": "Kính mời bà con"}).json()["id"]
