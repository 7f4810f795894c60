"""The interface over a real database, with a studio that whistles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.fakes.desk import ApiDesk, Place


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ApiDesk]:
    with ApiDesk(tmp_path) as desk:
        yield desk


@pytest.fixture
def client(desk: ApiDesk) -> TestClient:
    return desk.client()


@pytest.fixture
def place(client: TestClient) -> Place:
    return Place(client)
