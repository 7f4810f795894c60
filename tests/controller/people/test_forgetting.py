"""Who wants to be forgotten is found nowhere any more, and the record of acts holds all the same."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import select

from controller.errors.people import PersonUnknown
from controller.library.models import Bulletin
from controller.people.approval_models import ApprovalRequest
from controller.people.audit import Act, record
from controller.people.forgetting import forget
from controller.people.inventory import FREE, INVENTORY
from controller.people.lines import head_of, whole_chain
from controller.people.models import AuditLine, Person, RoleGrant
from controller.people.newcomers import add_person
from controller.people.permissions import Action
from controller.people.privacy import page
from controller.people.verifying import Fault, faults
from controller.tables import METADATA
from firmware_sim.village.office import Office

NAME, LOGIN, ADDRESS = "Nguyễn Thị Bảy", "bay.nguyen", "10.9.8.7"
OTHER = Act("Trần Văn Tám", "10.0.0.1", 5, who_id="person/tam")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Two people; both have made a bulletin, and one gave the other a role."""
    office = Office(tmp_path / "office")
    with office.database.write() as session:
        for person, name, login in (("bay", NAME, LOGIN), ("tam", OTHER.who, "tam")):
            session.add(Person(id=person, login=login, name=name, created_at=1, created_by="", changed_at=1))
            session.flush()
            session.add(RoleGrant(id=person, person_id=person, role="editor", since=1, given_by="person/tam"))
    for person, name, address in (("bay", NAME, ADDRESS), ("tam", OTHER.who, OTHER.origin)):
        act = Act(name, address, 2, who_id=f"person/{person}")
        with office.database.write() as session:
            session.add(Bulletin(id=person, title="Tin", kind="text", created_at=2, created_by=name))
            record(session, act, Action.BULLETIN_CREATE, person, "Tin")
    yield office
    office.database.close()


def chain_faults(office: Office) -> list[Fault]:
    with office.database.read() as session:
        return list(faults(whole_chain(session), head_of(session)))


def forget_bay(office: Office) -> None:
    with office.database.write() as session:
        forget(session, "bay", OTHER)


def test_name_login_and_address_are_nowhere_in_the_file(office: Office) -> None:
    forget_bay(office)
    office.database.close()
    raw = b"".join(path.read_bytes() for path in office.folder.glob("loa.db*"))
    assert not [word for word in (NAME, LOGIN, ADDRESS) if word.encode() in raw]
    assert OTHER.who.encode() in raw


def test_the_record_holds_and_says_who_was_forgotten_by_whom(office: Office) -> None:
    forget_bay(office)
    assert chain_faults(office) == []
    with office.database.read() as session:
        first, last = session.get_one(AuditLine, 1), session.get_one(AuditLine, 3)
        assert (first.who_id, first.who, first.origin, first.salt) == ("person/bay", "", "", None)
        assert (last.action, last.subject, last.who) == ("person.forget", "person/bay", OTHER.who)
        assert session.get_one(Bulletin, "bay").created_by == "person/bay"
        assert session.get_one(Bulletin, "tam").created_by == OTHER.who
        person = session.get_one(Person, "bay")
        assert person.disabled_at == person.changed_at == OTHER.now and person.password is None
        assert session.get_one(RoleGrant, "bay").ended_at == OTHER.now
        assert session.get_one(RoleGrant, "tam").ended_at is None


def test_a_name_that_another_bears_too_stays_with_the_other(office: Office) -> None:
    with office.database.write() as session:
        session.get_one(Person, "tam").name = NAME
        session.get_one(Bulletin, "tam").created_by = NAME
    forget_bay(office)
    with office.database.read() as session:
        assert session.get_one(Bulletin, "bay").created_by == "person/bay"
        assert session.get_one(Bulletin, "tam").created_by == NAME


def test_who_forgets_themselves_leaves_a_line_without_a_name(office: Office) -> None:
    with office.database.write() as session:
        forget(session, "bay", Act(NAME, ADDRESS, 5, who_id="person/bay"))
    assert chain_faults(office) == []


def test_twice_is_once_and_nobody_is_unknown(office: Office) -> None:
    forget_bay(office)
    forget_bay(office)
    with office.database.read() as session:
        assert head_of(session)[0] == 3
    with pytest.raises(PersonUnknown), office.database.write() as session:
        forget(session, "nobody", OTHER)


def test_a_name_that_somebody_took_out_of_a_line_is_missed(office: Office) -> None:
    """Only who is on record as forgotten may have lost the name: nobody hides behind this door."""
    with closing(sqlite3.connect(office.folder / "loa.db", isolation_level=None)) as plain:
        plain.execute("UPDATE audit_line SET who = '', origin = '', salt = NULL WHERE id = 1")
    assert chain_faults(office) == [Fault("nameless", 1)]


def test_no_line_of_the_record_says_how_somebody_logs_in(office: Office) -> None:
    """What a line says is bound by the chain and stays for good."""
    with office.database.write() as session:
        add_person(session, "chin", "nguyen.chin", "Nguyễn Văn Chín", OTHER)
    with office.database.read() as session:
        lines = [row.model_dump() for row in session.exec(select(AuditLine))]
    assert lines[-1]["action"] == "person.added" and "chin" not in str(lines).replace("person/chin", "")


def test_an_address_goes_from_what_was_asked_for(office: Office) -> None:
    with office.database.write() as session:
        session.add(
            ApprovalRequest(
                id="x", kind="role", action="role.give", nature="sensitive", reason="rights", said="", wish={},
                fingerprint="", created_at=1, created_by=NAME, created_by_id="person/bay", origin=ADDRESS, expires_at=2,
            )
        )  # fmt: skip
    forget_bay(office)
    with office.database.read() as session:
        assert session.get_one(ApprovalRequest, "x").origin == ""


def test_every_column_is_in_the_inventory_or_declared_free() -> None:
    held = {(table, column) for table, _, column in (name.partition(".") for name in INVENTORY)}
    free = {(table, column) for table, names in FREE.items() for column in names.split()}
    there = {(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns}
    assert held | free == there and not held & free


def test_the_page_is_what_the_inventory_says() -> None:
    assert (Path(__file__).parents[3] / "docs" / "privacy.md").read_text("utf-8") == page()
