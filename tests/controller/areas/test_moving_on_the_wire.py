"""Speakers that have moved are reached where they stood and where they stand, until they say that they know."""

from collections.abc import Mapping
from typing import Any

import pytest

from controller.alerts.raising import AlertRequest, cancel_alert, raise_alert
from controller.broadcast.ordering import BroadcastRequest, create_broadcast, stop_broadcast
from devices.protocol import bitmap
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.control import Config
from devices.protocol.messages.frame import Frame
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.units import MINUTE
from firmware_sim.village.office import Office
from tests.controller.areas.units import Units
from tests.fakes.bench import Bench
from tests.fakes.words import hello


class Street(Units):
    """With a controller whose every word is seen; the speakers say nothing of themselves."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        office.blob(3.0, 900, clip="tone")
        self.bench = Bench(office)
        self.bench.step()
        self.known = {device: self.numbers()[device] for device in self.numbers()}
        """What each speaker believes of its places."""
        for device, row in self.devices().items():
            self.bench.hear(device, "hello", hello(office.keyring.tenant, config_seq=row.config_seq))
        self.bench.link.sent.clear()

    def order(self, *areas: str) -> str:
        request = BroadcastRequest(bulletin_id=self.bulletin, areas=areas)
        with self.office.database.write() as session:
            return create_broadcast(session, request, self.office.act(self.bench.now), self.office.new_id, 3_000)

    def alert(self, *areas: str) -> str:
        request = AlertRequest("Lũ", "Lũ", areas, self.bench.now + 10 * MINUTE)
        with self.office.database.write() as session:
            return raise_alert(session, request, self.office.act(self.bench.now), self.office.new_id, 400)

    def change(self, **said: Any) -> None:
        self.now = self.bench.now
        self.do(**said)

    def heard(self, model: type[Frame]) -> Mapping[str, set[str]]:
        """Target to the speakers that would take what left for it, by what they know of their places."""
        found: dict[str, set[str]] = {}
        for _, said in self.bench.said(model):
            kind, subject = str(said.to).split("/")
            only = getattr(said, "only", None)
            found[f"{kind}/{subject}"] = {
                device
                for device, numbers in self.known.items()
                if (kind == "dev" and device == subject)
                or (subject in numbers and (only is None or bitmap.contains(only, numbers[subject])))
            }
        return found

    def learn(self, *devices: str) -> None:
        """These take their new configuration and say so."""
        for device in devices:
            self.known[device] = self.numbers()[device]
            seq = self.devices()[device].config_seq
            self.bench.hear(device, "hello", hello(self.office.keyring.tenant, config_seq=seq))


@pytest.fixture
def street(office: Office) -> Street:
    return Street(office)


def all_of(heard: Mapping[str, set[str]]) -> set[str]:
    return set().union(*heard.values())


MERGE = {"kind": "merge", "name": "Xã Gò Công"}


def test_an_open_order_goes_on_to_where_its_speakers_stood(street: Street) -> None:
    street.order(street.first)
    street.change(**MERGE, areas=[street.first, street.second])
    street.bench.step()
    heard = street.heard(Play)
    assert all_of(heard) == street.speakers(0)
    new = street.areas()[street.first].merged_into
    assert {f"area/{new}", f"area/{street.first}"} <= heard.keys(), "the old one and the new one"


def test_a_new_order_reaches_who_knows_and_who_does_not(street: Street) -> None:
    street.change(**MERGE, areas=[street.first, street.second])
    street.bench.step()
    new = street.areas()[street.first].merged_into
    assert new and len(street.bench.said(Config)) == 8
    knowing = {*street.inside[0], street.direct[1][0]}
    street.learn(*knowing)
    street.order(new)
    street.bench.step()
    assert all_of(street.heard(Play)) == street.speakers(0) | street.speakers(1)
    street.learn(*street.known)
    street.bench.link.sent.clear()
    street.order(new)
    street.bench.step()
    heard = street.heard(Play)
    assert set(heard) == {f"area/{new}"} and all_of(heard) == set(street.known), "one message, as ever"


def test_an_area_within_a_new_one_is_reached_by_its_own_name_until_it_knows(street: Street) -> None:
    street.change(**MERGE, areas=[street.first, street.second], keep=True)
    new = street.areas()[street.first].parent_id
    street.order(str(new))
    street.bench.step()
    assert all_of(street.heard(Play)) == street.speakers(0) | street.speakers(1)


def test_a_stop_follows_the_order(street: Street) -> None:
    order = street.order(street.first)
    street.bench.step()
    street.change(**MERGE, areas=[street.first, street.second])
    street.bench.step()
    street.learn(street.direct[0][0])
    with street.office.database.write() as session:
        stop_broadcast(session, order, street.office.act(street.bench.now))
    street.bench.link.sent.clear()
    street.bench.step()
    assert all_of(street.heard(Stop)) == street.speakers(0)


def test_who_has_left_does_not_hear_what_comes_after(street: Street) -> None:
    mover = street.direct[0][0]
    street.change(kind="move", devices=[mover], area=street.second)
    street.order(street.first)
    alert = street.alert(street.first)
    street.bench.step()
    sent = list(street.bench.link.sent)
    assert mover not in all_of(street.heard(Play))
    street.bench.link.sent = sent
    heard = street.heard(Alert)
    assert all_of(heard) == street.speakers(0) - {mover}, "though it still listens there"
    assert any(retain for topic, _, _, retain in sent if alert in topic)


def test_who_comes_does_not_hear_an_alert_that_was_raised_before(street: Street) -> None:
    street.alert(street.first)
    street.bench.step()
    assert all_of(street.heard(Alert)) == street.speakers(0)
    street.change(kind="merge", areas=[street.second], into=street.first)
    street.bench.step()
    topics = street.bench.link.topics()
    alert, config = (next(i for i, topic in enumerate(topics) if word in topic) for word in ("/alert/", "/config"))
    assert alert < config, "what lies in the area says whom it is for before anybody comes to listen"
    street.known = street.numbers()
    assert all_of(street.heard(Alert)) == street.speakers(0)


def test_who_comes_is_told_since_when(street: Street) -> None:
    """So that what was said to the whole area before is not for them, whatever a broker brings back."""
    street.change(kind="merge", areas=[street.second], into=street.first)
    street.bench.step()
    since = {
        str(config.to).removeprefix("dev/"): {place.since for place in config.places if place.area == street.first}
        for _, config in street.bench.said(Config)
    }
    assert {device for device, found in since.items() if found == {street.now}} == street.speakers(1)
    assert all(found == {None} for device, found in since.items() if device not in street.speakers(1))


def test_an_alert_by_a_clock_that_was_set_back_names_whom_it_is_for(street: Street) -> None:
    street.change(kind="merge", areas=[street.second], into=street.first)
    street.bench.step()
    street.learn(*street.devices())
    street.bench.now -= MINUTE
    street.alert(street.first)
    street.bench.step()
    assert all(said.only is not None for _, said in street.bench.said(Alert))


def test_nobody_is_told_to_come_before_the_alert_says_whom_it_is_for(street: Street) -> None:
    """The change comes between the two: alerts have been looked at, configurations have not."""
    street.alert(street.first)
    street.bench.step()
    street.change(kind="merge", areas=[street.second], into=street.first)
    street.bench.link.sent.clear()
    street.bench.controller.retained.welcome(street.bench.now)
    street.bench.hear(street.direct[1][0], "hello", hello(street.office.keyring.tenant))
    assert not street.bench.said(Config)
    street.bench.step()
    assert len(street.bench.said(Config)) == 4


def test_an_alert_and_its_cancel_reach_who_has_gone(street: Street) -> None:
    alert = street.alert(street.first)
    street.bench.step()
    street.change(**MERGE, areas=[street.first, street.second])
    street.bench.step()
    street.learn(*street.direct[0], street.inside[0][0])
    with street.office.database.write() as session:
        cancel_alert(session, alert, street.office.act(street.bench.now))
    street.bench.link.sent.clear()
    street.bench.step()
    assert all_of(street.heard(Alert)) == street.speakers(0)


def test_who_was_away_asks_and_is_told_of_an_alert_in_force(street: Street) -> None:
    alert = street.alert(street.first)
    street.bench.step()
    street.change(**MERGE, areas=[street.first, street.second])
    street.bench.step(30)
    street.bench.link.sent.clear()
    street.learn(street.direct[0][0])
    assert set(street.heard(Alert)) == {f"dev/{street.direct[0][0]}"}
    street.bench.hear(street.direct[1][0], "hello", hello(street.office.keyring.tenant))
    assert alert and not street.heard(Alert), "it was not for that one"


def test_an_order_at_one_area_whose_speakers_come_and_go_names_each_once(street: Street) -> None:
    """Two moves before a word: both old homes are told, the newest, and nobody else."""
    mover = street.direct[0][0]
    street.change(kind="move", devices=[mover], area=street.second)
    street.bench.step()
    street.change(kind="move", devices=[mover], area=street.hamlets[1])
    street.bench.step()
    street.bench.link.sent.clear()
    street.order(street.hamlets[1])
    street.bench.step()
    assert all_of(street.heard(Play)) == {*street.inside[1], mover}
