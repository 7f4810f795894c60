"""The interface over a real database, with a studio that whistles."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import uvicorn
from starlette.testclient import TestClient

from api.cli.screen import LIBRARIES
from tests.fakes.desk import ApiDesk, Place


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ApiDesk]:
    with ApiDesk(tmp_path) as desk:
        yield desk


@pytest.fixture
def client(desk: ApiDesk) -> TestClient:
    return desk.client()


@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One desk for all tests of a module that make nothing."""
    with ApiDesk(tmp_path_factory.mktemp("common")) as desk:
        yield desk.client()


@pytest.fixture
def place(client: TestClient) -> Place:
    return Place(client)


@pytest.fixture
def own_log() -> Iterator[None]:
    """The log may be set up as commands do it; afterwards it is as it was."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
    for name in LIBRARIES:
        logging.getLogger(name).handlers = []


@pytest.fixture
def address(desk: ApiDesk) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    server = uvicorn.Server(uvicorn.Config(desk.app, log_config=None, lifespan="off"))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
    server.should_exit = True
    thread.join()
    listener.close()
