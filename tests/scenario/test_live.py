"""Real processes, a real broker, kill -9: what was accepted is heard or accounted for."""

import random
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.judge.reading import read_ledgers
from tests.fakes.live import Live, until


def clean(live: Live, orders: list[dict[str, Any]], alerts: list[dict[str, Any]] | None = None) -> None:
    verdict = live.judged(orders, alerts)
    assert verdict.verdict == "clean", verdict.as_json()


def commune(live: Live) -> str:
    return str(live.insist(lambda client: client.post("/areas", {"name": "Xã Tân Đông"}, key="area"))["id"])


def bulletin(live: Live, text: str) -> str:
    body = {"title": "Tin", "text": text, "chime": False}
    return str(live.insist(lambda client: client.post("/bulletins?wait_s=60", body, key=str(uuid.uuid4())))["id"])


def order(live: Live, said: str, area: str, **wishes: Any) -> dict[str, Any]:
    key = str(uuid.uuid4())
    body = {"bulletin": said, "areas": [area]} | wishes
    made: dict[str, Any] = live.insist(lambda client: client.post("/broadcasts", body, key=key))
    return made


def killed_at_random(live: Live, kills: int, orders: int, seed: int) -> None:
    chance = random.Random(seed)
    area = commune(live)
    live.start_fleet(12)
    said = bulletin(live, "Một hai ba.")
    made: list[dict[str, Any]] = []

    def submit() -> None:
        for _ in range(orders):
            made.append(order(live, said, area, max_late_s=1_200))
            time.sleep(chance.uniform(0, 1.5 * kills / orders))

    office = threading.Thread(target=submit)
    office.start()
    for _ in range(kills):
        time.sleep(chance.uniform(0.1, 2.5))
        live.kill_server()
        began = time.monotonic()
        live.start_server()
        assert time.monotonic() - began < 30, "back within 30 s"
    office.join()
    assert len({one["id"] for one in made}) == orders
    for one in made:
        shown = live.ended(one["id"], 300)
        assert set(shown["counts"]) <= {"played", "failed"}, shown["counts"]
        # Who hears of it late because nobody was there to say it joins in step, and says how much was missed.
        assert {row["reason"] for row in shown["deliveries"] if row["state"] == "failed"} <= {"partial"}
    clean(live, made)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_killed_three_times_with_its_broker(tmp_path: Path) -> None:
    """The embedded broker dies with the controller, and comes back empty."""
    with Live(tmp_path, own_broker=False) as live:
        killed_at_random(live, kills=3, orders=8, seed=1)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_killed_twenty_times_during_fifty_bulletins(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        killed_at_random(live, kills=20, orders=50, seed=2)


def test_the_broker_killed_in_the_middle_and_back_empty(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        area = commune(live)
        live.start_fleet(12)
        long = bulletin(live, "Kính mời bà con trong xã đến nhà văn hóa dự buổi họp thôn tối nay. " * 2)
        short = bulletin(live, "Một hai ba bốn.")
        first = order(live, long, area)
        second = order(live, short, area)
        time.sleep(2.5)
        assert live.broker is not None
        live.broker.kill()
        time.sleep(1)
        live.broker.start()
        assert set(live.ended(first["id"], 120)["counts"]) <= {"played", "failed"}
        assert set(live.ended(second["id"], 120)["counts"]) == {"played"}
        clean(live, [first, second])


def test_an_alert_over_a_bulletin_in_real_time(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        area = commune(live)
        live.start_fleet(12)
        long = bulletin(live, "Kính mời bà con trong xã đến nhà văn hóa dự buổi họp thôn tối nay. " * 3)
        first = order(live, long, area)
        time.sleep(4)
        body = {"text": "Nước dâng nhanh, bà con lên chỗ cao.", "areas": [area], "expires_in_s": 90, "repeats": 1}
        asked = time.time_ns() // 1_000
        alert = live.insist(lambda client: client.post("/alerts", body, key="alert"))
        live.ended(first["id"], 120)

        def heard() -> bool:
            shown = live.insist(lambda client: client.get(f"/alerts/{alert['id']}"))
            return set(shown["counts"]) == {"played"}

        until(heard, 60, "the alert is heard everywhere")
        clean(live, [first], [alert])
        tones = [
            int(str(line["true"])) - asked
            for lines in read_ledgers(live.data / "fleet").values()
            for line in lines
            if line["kind"] == "started" and line["part"] == "tone"
        ]
        assert len(tones) == 12 and max(tones) < 2_000_000, "an emergency sounds within two seconds"


def test_a_programme_is_planned_and_told_within_seconds(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        area = commune(live)
        live.start_fleet(3)
        wish = {
            "title": "Bản tin sáng", "owner": area, "targets": {"areas": [area]},
            "content": {"kind": "bulletin", "bulletin": bulletin(live, "Một hai ba.")},
            "recurrence": {"days": {"kind": "daily"}, "times": ["05:00"], "first": "2026-01-01"},
        }  # fmt: skip
        live.insist(lambda client: client.post("/programmes", wish, key="programme"))

        def told() -> bool:
            plans = live.insist(lambda client: client.get(f"/areas/{area}/plans"))["items"]
            return len(plans) == 3 and all(one["told_seq"] and one["airings"] for one in plans)

        until(told, 4, "the almanac works at once, not at its next look")
