"""A speaker looks after its certificate: by the calendar, and when the broker turns it away."""

from pathlib import Path

import pytest

from devices.protocol.keys import SigningKey
from devices.protocol.units import DAY
from firmware_sim.certificate import CERTIFICATE_FILE, own_address, renewal_due
from firmware_sim.counter import Counter
from firmware_sim.errors import NotLetIn
from firmware_sim.identity import Identity
from firmware_sim.renewals import PAUSE, Renewals
from tests.api.conftest import address, desk
from tests.fakes.desk import ApiDesk, Place, real_now

KEY = SigningKey(b"\x31" * 32)
FIXTURES = (address, desk)


@pytest.fixture
def counter(address: str) -> Counter:
    return Counter(address.removesuffix("/api/v1"))


@pytest.fixture
def joined(desk: ApiDesk, counter: Counter, tmp_path: Path) -> Identity:
    client = desk.client()
    made = client.post("claim-codes", json={"area": Place(client).area, "name": "Loa"}).json()["items"][0]
    return counter.join(made["code"], KEY, tmp_path, root=desk.office.keyring.root.id)


def test_it_renews_in_time_over_the_years(desk: ApiDesk, counter: Counter, joined: Identity, tmp_path: Path) -> None:
    renewals, folder = Renewals(counter, [joined], tmp_path, lambda _: False), tmp_path / joined.device
    begin = real_now()
    seen = {(folder / CERTIFICATE_FILE).read_bytes()}
    for day in range(0, 1_000, 20):
        desk.later, now = day * DAY, begin + day * DAY
        renewals.do_once(now)
        assert renewal_due(folder) > now
        seen.add((folder / CERTIFICATE_FILE).read_bytes())
    assert 4 <= len(seen) <= 5


def test_turned_away_it_asks_once_a_minute_until_it_is_in_service_again(
    desk: ApiDesk, counter: Counter, joined: Identity, tmp_path: Path
) -> None:
    renewals, client, now = Renewals(counter, [joined], tmp_path, lambda _: True), desk.client(), real_now()
    client.put(f"devices/{joined.device}/status", json={"status": "lost"})
    assert [renewals.do_once(now) for _ in range(3)] == [0, 0, 0]
    client.put(f"devices/{joined.device}/status", json={"status": "in_service"})
    before = (tmp_path / joined.device / CERTIFICATE_FILE).read_bytes()
    assert [renewals.do_once(now + PAUSE - 1), renewals.do_once(now + PAUSE)] == [0, 1]
    assert (tmp_path / joined.device / CERTIFICATE_FILE).read_bytes() != before


def test_another_offices_answer_is_not_believed(desk: ApiDesk, counter: Counter, tmp_path: Path) -> None:
    client = desk.client()
    made = client.post("claim-codes", json={"area": Place(client).area, "name": "Loa"}).json()["items"][0]
    assert f"root={desk.office.keyring.root.id}" in made["text"]
    with pytest.raises(NotLetIn) as caught:
        counter.join(made["code"], KEY, tmp_path, root=KEY.id)
    assert caught.value.data["why"] == "another_root" and list(tmp_path.glob("*/birth.json")) == []


def test_its_address_names_its_own_files_only_where_the_broker_has_tls(joined: Identity, tmp_path: Path) -> None:
    folder = tmp_path / joined.device
    assert own_address("mqtt://h:1", folder) == "mqtt://h:1"
    assert own_address("mqtts://h:1?ca=x", folder) == "mqtts://h:1?ca=x"
    assert str(folder).replace("/", "%2F") in own_address("mqtts://h:1", folder)
