"""What is older than it has to be goes by itself, a lot at a time, and what is still promised stays."""

import pytest
from sqlmodel import func, select

from controller.errors.callers import IdempotencyKeyReused
from controller.people.answered import already_made, remember
from controller.people.audit import Act
from controller.people.models import AnsweredRequest, ApiKey
from controller.people.retention import LOT, Expired, Retention, expired, is_due
from controller.settings import RetentionSettings
from devices.protocol.units import DAY
from firmware_sim.village.office import Office
from tests.fakes.bench import Bench

NOW = 1_000 * DAY
SETTINGS = RetentionSettings()


def answer(office: Office, key: str, at: int) -> Act:
    act = Act("Bảy", "10.0.0.7", at, key, "print", "person/bay")
    with office.database.write() as session:
        remember(session, act, f"made by {key}")
    return act


def answered(office: Office) -> int:
    with office.database.read() as session:
        return session.exec(select(func.count()).select_from(AnsweredRequest)).one()


def test_an_answered_request_is_kept_longer_than_an_order_may_be_ahead() -> None:
    answers, *_ = expired(SETTINGS, NOW)
    assert answers == Expired("answered_request", "at", NOW - 400 * DAY)
    with pytest.raises(ValueError, match="366"):
        RetentionSettings(answered_days=365)


def test_it_goes_when_its_time_is_over_and_not_before(office: Office) -> None:
    answer(office, "old", NOW - 400 * DAY - 1)
    act = answer(office, "young", NOW - 400 * DAY)
    Retention(office.database, SETTINGS).do_once(NOW)
    with office.database.read() as session:
        assert already_made(session, act) == "made by young" and answered(office) == 1
        with pytest.raises(IdempotencyKeyReused):
            already_made(session, Act("Bảy", "", NOW, "young", "other", "person/bay"))


def test_much_goes_a_lot_at_a_time(office: Office) -> None:
    with office.database.write() as session:
        session.add_all(
            AnsweredRequest(who="w", key=str(number), fingerprint="", subject="", at=1) for number in range(LOT + 5)
        )
    keeper = Retention(office.database, SETTINGS)
    for left in (5, 0):
        keeper.do_once(NOW)
        assert answered(office) == left


def test_it_looks_once_a_day_and_after_a_clock_that_went_back(office: Office) -> None:
    assert [is_due(last, NOW) for last in (None, NOW, NOW - DAY + 1, NOW - DAY, NOW + 1)] == [
        True, False, False, True, True,
    ]  # fmt: skip
    keeper = Retention(office.database, SETTINGS)
    keeper.do_once(NOW)
    answer(office, "old", 1)
    keeper.do_once(NOW + DAY - 1)
    assert answered(office) == 1
    keeper.do_once(NOW + DAY)
    assert answered(office) == 0


def test_the_working_controller_does_it(office: Office) -> None:
    bench = Bench(office)
    answer(office, "old", bench.now - 400 * DAY - 1)
    bench.step()
    assert answered(office) == 0


def test_of_a_key_only_the_address_goes(office: Office) -> None:
    with office.database.write() as session:
        for key, at in (("old", NOW - 91 * DAY), ("young", NOW)):
            session.add(
                ApiKey(id=key, name=key, digest=key, role="viewer", created_at=1, last_used_at=at, last_used_from="::1")
            )
    Retention(office.database, SETTINGS).do_once(NOW)
    with office.database.read() as session:
        assert session.get_one(ApiKey, "old").last_used_from is None
        assert session.get_one(ApiKey, "young").last_used_from == "::1"
