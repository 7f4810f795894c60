"""Anchors outside of the database tell when the record is cut or written anew; files tell by themselves."""

import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cli.audit import verify
from controller.backup import write_backup
from controller.people.anchors import EVERY, Anchor, Anchorer, control_keys, read_anchors, signed
from controller.people.export import json_lines
from controller.people.exported import Checked, check_export
from controller.people.lines import Sought, head_of
from controller.people.verifying import Fault
from devices.protocol.keys import SigningKey
from firmware_sim.village.office import Office
from tests.controller.people.ledger import AREA, write_lines

LINES = 6


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path / "office")
    write_lines(office, LINES)
    (office.folder / "keys").mkdir(exist_ok=True)
    (office.folder / "keys" / "trust.jws").write_bytes(office.keyring.trust)
    yield office
    office.database.close()


def anchorer(office: Office) -> Anchorer:
    path = office.folder / "audit-anchors"
    return Anchorer(
        office.database, path, office.keyring.tenant, lambda: office.keyring.keys["control"], lambda: office.begin
    )


def exported(office: Office, sought: Sought | None = None) -> list[str]:
    with office.database.read() as session:
        seq, digest = head_of(session)
        end = Anchor(office.keyring.tenant, seq, digest, office.begin)
        return list(json_lines(session, sought or Sought(), end.tenant, signed(end, office.keyring.keys["control"])))


def checked(office: Office, lines: list[str]) -> Checked:
    return check_export(lines, control_keys(office.keyring.trust))


def cut_with_care(office: Office, last: int) -> None:
    """As somebody who can write the whole database would: also the row that names the end."""
    with closing(sqlite3.connect(office.folder / "loa.db", isolation_level=None)) as open_file:
        open_file.execute("DROP TRIGGER audit_line_is_not_deleted")
        open_file.execute("DELETE FROM audit_line WHERE id > ?", (last,))
        open_file.execute(
            "UPDATE audit_head SET seq = ?, hash = (SELECT hash FROM audit_line WHERE id = ?)", (last, last)
        )


def test_an_anchor_is_added_when_the_chain_has_grown_and_the_time_has_come(ledger: Office) -> None:
    keeper, path = anchorer(ledger), ledger.folder / "audit-anchors"
    keys = control_keys(ledger.keyring.trust)
    for now in (ledger.begin, ledger.begin + EVERY, ledger.begin + 2 * EVERY):
        keeper.do_once(now=now)
    write_lines(ledger, 1)
    keeper.do_once(now=ledger.begin + 2 * EVERY + 1)
    assert len(read_anchors(path, keys)) == 1
    keeper.do_once(now=ledger.begin + 3 * EVERY)
    found = [one.anchor.seq for one in read_anchors(path, keys) if one and one.known]
    assert found == [LINES, LINES + 1] and path.stat().st_mode & 0o077 == 0


def test_a_cut_that_only_the_anchor_can_tell(ledger: Office, capsys: pytest.CaptureFixture[str]) -> None:
    anchorer(ledger).do_once()
    assert verify(None, ledger.folder, as_json=False) == 0
    cut_with_care(ledger, 4)
    capsys.readouterr()
    assert verify(None, ledger.folder, as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["faults"] == [{"kind": "cut", "seq": 5, "through": 6}]


def test_who_does_not_have_the_key_cannot_sign_anchors(ledger: Office, capsys: pytest.CaptureFixture[str]) -> None:
    keeper = anchorer(ledger)
    keeper.do_once()
    forged = signed(Anchor(ledger.keyring.tenant, LINES, "0" * 64, 1), SigningKey(b"\7" * 32))
    with keeper.path.open("a") as file:
        file.write(forged + "\nnonsense\n")
    found = read_anchors(keeper.path, control_keys(ledger.keyring.trust))
    assert [one and one.known for one in found] == [True, False, None]
    assert verify(None, ledger.folder, as_json=True) == 0, "the anchor by our own key counts"
    assert "1 anchors by keys of this installation, 2 others" in capsys.readouterr().out


def test_a_backup_and_what_came_back_from_it_hold(ledger: Office, tmp_path: Path) -> None:
    anchorer(ledger).do_once()
    write_backup(ledger.folder, tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar") as tar:
        tar.extractall(tmp_path / "restored", filter="data")
    assert verify(None, tmp_path / "restored", as_json=False) == 0
    write_lines(ledger, 1)
    anchorer(ledger).do_once()
    shutil.copy(ledger.folder / "audit-anchors", tmp_path / "restored" / "audit-anchors")
    assert verify(None, tmp_path / "restored", as_json=False) == 1, "yesterday's database under today's anchors"


def test_a_file_holds_and_says_who_signed_it(ledger: Office, tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").write_text("".join(exported(ledger)), "utf-8")
    assert verify(tmp_path / "audit.jsonl", ledger.folder, as_json=False) == 0
    found = checked(ledger, exported(ledger))
    assert (found.whole, found.lines, found.signed, found.faults) == (True, LINES, True, [])
    assert not check_export(exported(ledger), []).signed


@given(where=st.integers(0), bit=st.integers(0, 6))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_bit_of_a_file_is_found(ledger: Office, where: int, bit: int) -> None:
    raw = "".join(exported(ledger)).strip().encode()
    changed = bytearray(raw)
    changed[where % len(raw)] ^= 1 << bit
    found = checked(ledger, changed.decode("utf-8", "replace").split("\n"))
    assert found.faults or not found.signed or not found.whole or json_equal(raw, bytes(changed))


def json_equal(one: bytes, other: bytes) -> bool:
    """A changed bit that changes no value: the letter of an escape, say."""
    return list(map(json.loads, one.split(b"\n"))) == list(map(json.loads, other.split(b"\n")))


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ([0, 1, 2, 4, 5, 6, 7], Fault("missing", 3, 3)),
        ([0, 1, 2, 3, 3, 4, 5, 6, 7], Fault("misplaced", 3)),
        ([0, 1, 3, 2, 4, 5, 6, 7], Fault("missing", 2, 2)),
        ([0, 1, 2, 3, 7], Fault("cut", 4, 6)),
        ([0, 1, 2, 3], Fault("cut", 4)),
        ([1, 2, 3, 4, 5, 6, 7], Fault("unreadable", 0)),
        ([], Fault("unreadable", 0)),
    ],
)  # fmt: skip
def test_lines_of_a_file_that_are_missing_or_elsewhere(ledger: Office, order: list[int], told: Fault) -> None:
    lines = exported(ledger)
    assert told in checked(ledger, [lines[number] for number in order]).faults


def test_of_a_selection_every_line_is_still_held_to_its_hash(ledger: Office) -> None:
    lines = exported(ledger, Sought(areas=[AREA]))
    found = checked(ledger, lines)
    assert (found.whole, found.lines, found.faults) == (False, 3, [])
    lines[2] = lines[2].replace('"detail":"đổi"', '"detail":"khác"')
    assert checked(ledger, lines).faults == [Fault("changed", 4)]
