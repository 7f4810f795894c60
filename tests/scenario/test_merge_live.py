"""Two communes become one on a real broker, with real processes: everybody hears the next bulletin once."""

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.live import Live, until


def place(live: Live, name: str) -> None:
    live.insist(lambda client: client.post("/areas", {"name": name}, key=name.encode().hex()))


@pytest.mark.full
@pytest.mark.timeout(240)
def test_everybody_in_the_new_commune_hears_it(tmp_path: Path) -> None:
    with Live(tmp_path) as live:
        place(live, "Xã Tân Đông"), place(live, "Xã Bình Ân")
        live.start_fleet(12)
        client = live.client()
        items: list[dict[str, Any]] = client.get("/areas")["items"]
        communes = [area["id"] for area in items if area["speakers"]]
        assert len(communes) == 2
        change = {"kind": "merge", "areas": communes, "name": "Xã Gò Công"}
        seen = client.post("/areas/changes/preview", {"change": change})
        body = {"change": change, "fingerprint": seen["fingerprint"]}
        new = client.post("/areas/changes", body, "merge")["area"]
        bulletin = client.post("/bulletins?wait_s=60", {"title": "Tin", "text": "Kính mời bà con họp."}, "bulletin")
        wish = {"bulletin": bulletin["id"], "areas": [new]}
        order = client.post("/broadcasts", wish, "order")
        assert len(order["targets"]) == seen["configurations"] > 0

        def known() -> bool:
            rows = client.get("/devices", area=new)["items"]
            return all(row["reported_config_seq"] == row["config_seq"] for row in rows)

        until(known, 60, "everybody says that it knows where it is")
        shown = live.ended(order["id"], 120)
        assert shown["counts"]["played"] == len(order["targets"])
        live.stop_fleet()
        assert live.judged([order]).verdict == "clean"
