"""Many at once over a real server: twenty clicks are one order, and an alert never waits for a bulletin."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

import httpx
import pytest

from tests.api.test_interface import POSTS, fill
from tests.fakes.desk import ApiDesk, Place

MANY = httpx.Limits(max_connections=200)


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


def test_twenty_parallel_submits_of_anything(desk: ApiDesk, address: str) -> None:
    place = Place(desk.client())
    show = {"Authorization": f"Bearer {desk.keys['administrator']}"}
    jobs = [(path, body) for path, body in [*POSTS, ("upload", {})] for _ in range(20)]
    with httpx.Client(headers=show, timeout=60, trust_env=False, limits=MANY) as caller:

        def submit(job: tuple[str, dict[str, Any]]) -> httpx.Response:
            path, body = job
            sound: Any = {"files": {"file": ("a.wav", b"RIFF" * 1_000)}, "data": {"title": "Thu"}}
            sent = sound if path == "upload" else {"json": fill(body, place)}
            to = f"{address}/{path.replace('upload', 'bulletins')}"
            return caller.post(to, headers={"Idempotency-Key": path}, **sent)

        with ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(submit, jobs))
    for path in dict(jobs):
        found = [answer for job, answer in zip(jobs, answers, strict=True) if job[0] == path]
        assert {answer.status_code for answer in found} == {201}, (path, found[0].text)
        assert len({answer.json()["id"] for answer in found}) == 1, path


def test_an_alert_waits_for_nobody(desk: ApiDesk, address: str) -> None:
    """Sixty callers, more than there are threads, wait for a studio that is busy; alerts are taken all the same."""
    place = Place(desk.client())
    desk.studio_works = False
    show = {"Authorization": f"Bearer {desk.keys['administrator']}"}
    with httpx.Client(base_url=address, headers=show, timeout=60, trust_env=False, limits=MANY) as caller:

        def wait(number: int) -> int:
            body = {"title": "Tin", "text": f"Bản tin số {number}"}
            return caller.post("/bulletins?wait_s=2.5", json=body).status_code

        with ThreadPoolExecutor(60) as pool:
            waiting = pool.map(wait, range(60))
            time.sleep(1)
            took = []
            for _ in range(20):
                began = time.monotonic()
                answer = caller.post("/alerts", json={"text": "Lũ", "areas": [place.area], "expires_in_s": 60})
                took.append(time.monotonic() - began)
                assert answer.status_code == 201
            assert set(waiting) == {202}
    assert median(took) < 0.5, took
