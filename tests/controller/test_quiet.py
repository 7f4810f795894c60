"""When a broker that grows is started anew: past a count, and when nobody would miss it."""

import pytest

from controller.quiet import is_quiet
from devices.protocol.units import HOUR, MINUTE, SECOND
from firmware_sim.village.office import Office
from tests.controller.test_alerts_on_the_wire import Emergency
from tests.controller.test_orders_on_the_wire import Commune


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def quiet(commune: Commune) -> bool:
    with commune.office.database.read() as session:
        return is_quiet(session, commune.bench.now)


def test_nothing_planned_is_quiet(commune: Commune) -> None:
    assert quiet(commune)


def test_around_a_bulletin_it_is_not_quiet_until_all_have_signed(commune: Commune) -> None:
    commune.bench.step()
    order = commune.order()
    commune.bench.step()
    assert not quiet(commune)
    commune.bench.step(11 * 60)
    for speaker in range(2):
        commune.word(1, order, "played", speaker, sha256=order.sha256, heard=2_000, expected=2_000)
    assert not quiet(commune), "one still owes its word"
    commune.word(1, order, "played", 2, sha256=order.sha256, heard=2_000, expected=2_000)
    assert quiet(commune)


def test_a_bulletin_far_ahead_does_not_keep_the_broker_from_being_renewed(commune: Commune) -> None:
    order = commune.order(start_at=commune.bench.now + 2 * HOUR)
    commune.bench.step()
    assert quiet(commune)
    commune.bench.now = order.start_at - 9 * MINUTE
    assert not quiet(commune)
    commune.bench.now = order.start_at + 9 * MINUTE
    assert not quiet(commune)


def test_an_order_that_missed_its_time_without_a_link_keeps_nobody_waiting(commune: Commune) -> None:
    commune.bench.controller.on_link(False, commune.bench.now)
    commune.bench.link.up = False
    order = commune.order(max_late_ms=0)
    commune.bench.now = order.expires_at + 11 * MINUTE
    commune.bench.controller.do_once(commune.bench.now)
    assert quiet(commune)


def test_an_alert_in_force_is_no_quiet_moment(office: Office) -> None:
    emergency = Emergency(office)
    emergency.raised()
    with office.database.read() as session:
        assert not is_quiet(session, emergency.bench.now + MINUTE)


def test_only_many_topics_of_audio_on_this_broker_ask_for_it(commune: Commune) -> None:
    commune.bench.controller.on_link(True, commune.bench.now)
    commune.bench.step()
    began = commune.bench.controller.retained.carrier.topics_used
    for _ in range(3):
        commune.order()
        commune.bench.step(1)
    used = commune.bench.controller.retained.carrier.topics_used
    assert used - began == len({topic for topic in commune.bench.link.topics() if "/blob/" in topic}) > 3
    late = commune.bench.now + 12 * HOUR
    commune.bench.step(2 * 3_600)
    controller = commune.bench.controller
    assert controller.would_renew(used - 1, late)
    assert not controller.would_renew(used, late) and not controller.would_renew(None, late)
    assert not controller.would_renew(used - 1, commune.bench.now - 2 * 3_600 * SECOND)
    controller.on_link(False, late)
    controller.on_link(True, late)
    controller.do_once(late)
    assert not controller.would_renew(used - 1, late), "after the loss of the link it counts from nothing"
