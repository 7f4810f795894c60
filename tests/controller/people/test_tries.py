"""Patience with guesses: who has to wait, and who never."""

import pytest
from sqlmodel import select

from controller.people.audit import Act
from controller.people.entrance import tries
from controller.people.entrance.browsers import known, make_known
from controller.people.entrance.models import Try
from controller.people.entrance.sessions import Visitor
from controller.people.newcomers import add_person
from firmware_sim.village.office import Office

SECOND = 1_000_000


def test_ten_in_a_quarter_of_an_hour_then_one_at_a_time(office: Office) -> None:
    with office.database.write() as session:
        found = [tries.admit(session, {"account:x": 10}, 1_000 * SECOND + at * SECOND) for at in range(12)]
        later = tries.admit(session, {"account:x": 10}, 1_000 * SECOND + tries.WINDOW)
        still = tries.admit(session, {"account:x": 10}, 1_000 * SECOND + tries.WINDOW + 1)
    assert found == [0] * 10 + [tries.WINDOW - 10 * SECOND, tries.WINDOW - 11 * SECOND]
    assert later == 0 and still == SECOND - 1


def test_who_is_refused_does_not_wait_longer_for_asking(office: Office) -> None:
    with office.database.write() as session:
        for _ in range(1_000):
            tries.admit(session, {"a": 1}, SECOND)
        assert len(session.exec(select(Try)).all()) == 1


def test_one_full_bucket_is_enough_and_fills_no_other(office: Office) -> None:
    with office.database.write() as session:
        assert tries.admit(session, {"a": 1, "b": 2}, 1) == 0
        assert tries.admit(session, {"a": 1, "b": 2}, 2) == tries.WINDOW - 1
        assert tries.admit(session, {"b": 2}, 2) == 0 and tries.admit(session, {"b": 2}, 3) > 0


def test_what_was_no_guess_is_taken_back_once(office: Office) -> None:
    with office.database.write() as session:
        assert not tries.admit(session, {"a": 2}, 1) and not tries.admit(session, {"a": 2}, 1)
        tries.forgive(session, {"a": 2}, 1)
        assert not tries.admit(session, {"a": 2}, 2) and tries.admit(session, {"a": 2}, 3)


def test_it_is_told_once_in_a_while(office: Office) -> None:
    with office.database.write() as session:
        told = [tries.first_to_tell(session, "x", at) for at in (1, 2, tries.WINDOW, tries.WINDOW + 1)]
    assert told == [True, False, False, True]


@pytest.mark.parametrize(
    ("origin", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("testclient", "unknown"),
    ],
)
def test_whoever_has_a_64_has_one_address(origin: str, network: str) -> None:
    assert tries.network_of(origin) == network


def test_a_login_is_counted_without_being_kept(office: Office) -> None:
    """People type passwords where a login belongs."""
    assert all("secret" not in bucket for bucket in tries.buckets_of_stranger("secret", "192.0.2.1"))


def test_a_browser_is_known_for_those_who_came_in_at_it_and_nobody_else(office: Office) -> None:
    act = Act("test", "here", 1)
    with office.database.write() as session:
        for name in ("hoa", "minh"):
            add_person(session, name, name, name, act)
        visitor = Visitor("192.0.2.1", 1)
        token = make_known(session, "hoa", visitor, office.chance.randbytes, office.new_id())
        again = Visitor("198.51.100.9", 2, browser=token)
        shared = make_known(session, "minh", again, office.chance.randbytes, office.new_id())
        both = Visitor("", 3, browser=shared)
        assert shared.startswith(f"{token}.") and known(session, "hoa", both) and known(session, "minh", both)
        assert token and known(session, "hoa", again) and known(session, "minh", again) is None
        assert known(session, "hoa", Visitor("", 400 * 86_400 * SECOND + 1, browser=token)) is None
