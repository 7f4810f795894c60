"""Codes of a telephone, codes on paper, and what is sealed."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from sqlmodel import Session, select

from controller.errors.entrance import CodeRefused, SecondFactorThere
from controller.keys.errors import KeysIncomplete
from controller.people.audit import Act
from controller.people.entrance import second_factor as factor
from controller.people.entrance.models import LogInSession, RecoveryCode, SecondFactor
from controller.people.entrance.sealing import Sealer, sealing_key
from controller.people.entrance.sessions import LoggedIn
from controller.people.models import Person
from controller.people.newcomers import add_person
from firmware_sim.village.office import Office

NOW = 1_000 * factor.STEP


@pytest.fixture
def sealer(office: Office) -> Sealer:
    return Sealer(b"\7" * 32, office.chance.randbytes)


@pytest.fixture
def session(office: Office) -> Iterator[Session]:
    with office.database.write() as session:
        yield session


@pytest.fixture
def hoa(session: Session) -> Person:
    return add_person(session, "hoa", "hoa", "Hoa", Act("test", "here", 1))


@pytest.fixture
def here(hoa: Person) -> LoggedIn:
    return at("here", hoa)


def at(browser: str, person: Person) -> LoggedIn:
    """A session of this person."""
    return LoggedIn(
        LogInSession(
            digest=browser, id=browser, person_id=person.id, began_at=1, seen_at=1, ends_at=NOW, origin="", agent=""
        ),
        person,
    )


@pytest.fixture
def telephone(session: Session, sealer: Sealer, here: LoggedIn, office: Office) -> pyotp.TOTP:
    """Confirmed a while ago."""
    secret = factor.propose(session, sealer, here, NOW, office.chance.randbytes)
    telephone = pyotp.TOTP(secret)
    factor.confirm(session, sealer, here, telephone.generate_otp(900), 900 * factor.STEP)
    return telephone


@pytest.mark.parametrize(("step", "good"), [(998, False), (999, True), (1_000, True), (1_001, True), (1_002, False)])
def test_a_code_is_good_for_its_half_minute_and_those_beside_it(
    session: Session, sealer: Sealer, telephone: pyotp.TOTP, step: int, good: bool
) -> None:
    assert factor.take_code(session, sealer, "hoa", telephone.generate_otp(step), NOW) is good


def test_a_code_is_good_once_and_older_ones_no_more(session: Session, sealer: Sealer, telephone: pyotp.TOTP) -> None:
    code = telephone.generate_otp(1_000)
    assert factor.take_code(session, sealer, "hoa", f" {code[:3]} {code[3:]} ", NOW)
    assert not factor.take_code(session, sealer, "hoa", code, NOW)
    assert not factor.take_code(session, sealer, "hoa", telephone.generate_otp(999), NOW)
    assert factor.take_code(session, sealer, "hoa", telephone.generate_otp(1_001), NOW)


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "１２３４５６", "\ud800", "9" * 1_000])
def test_what_is_no_code_is_none(session: Session, sealer: Sealer, telephone: pyotp.TOTP, code: str) -> None:
    assert not factor.take_code(session, sealer, "hoa", code, NOW)


def test_nothing_is_asked_for_before_the_first_right_code(
    session: Session, sealer: Sealer, here: LoggedIn, office: Office
) -> None:
    secret = factor.propose(session, sealer, here, NOW, office.chance.randbytes)
    assert factor.propose(session, sealer, here, NOW, office.chance.randbytes) == secret
    assert not factor.is_on(session, "hoa")
    assert not factor.take_code(session, sealer, "hoa", pyotp.TOTP(secret).generate_otp(1_000), NOW)
    with pytest.raises(CodeRefused):
        factor.confirm(session, sealer, here, "000000", NOW)
    factor.confirm(session, sealer, here, pyotp.TOTP(secret).generate_otp(1_000), NOW)
    assert factor.is_on(session, "hoa")
    with pytest.raises(SecondFactorThere):
        factor.propose(session, sealer, here, NOW, office.chance.randbytes)


def test_what_a_thief_was_shown_in_a_stolen_session_is_worth_nothing(
    session: Session, sealer: Sealer, hoa: Person, here: LoggedIn, office: Office
) -> None:
    planted = factor.propose(session, sealer, at("stolen", hoa), NOW, office.chance.randbytes)
    secret = factor.propose(session, sealer, here, NOW, office.chance.randbytes)
    assert secret != planted
    with pytest.raises(CodeRefused):
        factor.confirm(session, sealer, here, pyotp.TOTP(planted).generate_otp(1_000), NOW)
    factor.confirm(session, sealer, here, pyotp.TOTP(secret).generate_otp(1_000), NOW)
    assert not factor.take_code(session, sealer, "hoa", pyotp.TOTP(planted).generate_otp(1_001), NOW + factor.STEP)


def test_the_secret_is_sealed_and_another_key_opens_nothing(
    session: Session, telephone: pyotp.TOTP, office: Office
) -> None:
    row = session.exec(select(SecondFactor)).one()
    assert telephone.secret not in row.sealed
    other = Sealer(b"\x08" * 32, office.chance.randbytes)
    assert not factor.take_code(session, other, "hoa", telephone.generate_otp(1_000), NOW)


def test_what_was_sealed_for_one_opens_for_nobody_else(sealer: Sealer) -> None:
    sealed = sealer.seal("hoa", b"secret")
    assert sealer.unseal("hoa", sealed) == b"secret" and sealer.unseal("minh", sealed) is None
    assert all(sealer.unseal("hoa", text) is None for text in ("", "x", "=", sealed[:-2], "A" * 60))
    assert sealer.seal("hoa", b"secret") != sealed and sealer.proof("a", "b") != sealer.proof("a", "c")


def test_codes_on_paper_are_good_once_and_void_when_new_ones_are_made(
    session: Session, hoa: Person, office: Office
) -> None:
    old = factor.make_recovery_codes(session, "hoa", NOW, office.chance.randbytes)
    assert len(set(old)) == 10 and factor.recovery_codes_left(session, "hoa") == 10
    assert factor.take_recovery_code(session, "hoa", old[0].upper().replace("-", " "), NOW)
    assert (
        not factor.take_recovery_code(session, "hoa", old[0], NOW) and factor.recovery_codes_left(session, "hoa") == 9
    )
    assert not factor.take_recovery_code(session, "minh", old[1], NOW)
    kept = "".join(row.digest for row in session.exec(select(RecoveryCode)))
    assert not any(code in kept for code in old)
    new = factor.make_recovery_codes(session, "hoa", NOW, office.chance.randbytes)
    assert not factor.take_recovery_code(session, "hoa", old[1], NOW)
    assert factor.take_recovery_code(session, "hoa", new[1], NOW)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path, office: Office) -> None:
    path = tmp_path / "sealing-key"
    key = sealing_key(path, office.chance.randbytes)
    assert sealing_key(path, office.chance.randbytes) == key and len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(key[:31])
    with pytest.raises(KeysIncomplete):
        sealing_key(path, office.chance.randbytes)
