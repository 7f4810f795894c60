"""Twenty clicks at once are one order: over a real server."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn

from tests.fakes.desk import ApiDesk, Place


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


@pytest.mark.parametrize("keyed", [True, False])
def test_twenty_parallel_submits(desk: ApiDesk, address: str, keyed: bool) -> None:
    place = Place(desk.client())
    body = {"bulletin": place.bulletin, "areas": [place.area]}
    headers = {"Authorization": f"Bearer {desk.keys['administrator']}"}
    if keyed:
        headers["Idempotency-Key"] = "double-click"

    def submit(_: int) -> httpx.Response:
        return httpx.post(f"{address}/broadcasts", json=body, headers=headers, timeout=60, trust_env=False)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(submit, range(20)))
    assert {answer.status_code for answer in answers} == {201}
    made = {answer.json()["id"] for answer in answers}
    listed = httpx.get(f"{address}/broadcasts", headers=headers, timeout=60, trust_env=False).json()["items"]
    assert len(made) == len(listed) == (1 if keyed else 20)
    if not keyed:
        starts = sorted(row["start_at"] for row in listed)
        assert len(set(starts)) == 20, "without a key each is an order of its own, one after the other"
