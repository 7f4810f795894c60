"""The records as files: what was written is read, torn last lines are forgiven, other damage is not."""

import json

import pytest

from firmware_sim.judge.reading import accepted_line, read_accepted, read_ledgers
from firmware_sim.judge.records import BadRecord
from firmware_sim.judge.verdict import judge
from tests.firmware_sim.histories import T0, alert, order, played, shown


def _write(folder, device, lines, tail=""):
    path = folder / device / "ledger.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + tail)


def test_ledgers_of_a_folder_by_speaker(tmp_path):
    _write(tmp_path, "s1", played(order()).lines)
    _write(tmp_path, "s2", [])
    (tmp_path / "not-a-speaker.txt").write_text("x")
    assert read_ledgers(tmp_path) == {"s1": played(order()).lines, "s2": []}


@pytest.mark.parametrize("tail", ['{"kind": "sta', "[1]", "\x00\x00\x00", '{"kind": "started"', "\n\n"])
def test_a_torn_last_line_is_forgiven(tmp_path, tail):
    _write(tmp_path, "s1", played(order()).lines, tail)
    assert read_ledgers(tmp_path)["s1"] == played(order()).lines


def test_a_line_torn_before_a_boot_is_forgiven(tmp_path):
    boot = {"kind": "boot", "mono": 0, "wall": None}
    _write(tmp_path, "s1", [boot], '{"kind": "sta\n' + json.dumps(boot) + "\n")
    assert read_ledgers(tmp_path)["s1"] == [boot, boot]


def test_damage_elsewhere_is_not_forgiven(tmp_path):
    _write(tmp_path, "s1", [], '{"kind": "sta\n{"kind": "ended", "mono": 0, "wall": 0}\n')
    with pytest.raises(BadRecord) as error:
        read_ledgers(tmp_path)
    assert error.value.where == "s1, line 1"


def test_accepted_orders_survive_the_file(tmp_path):
    told = [order(cancelled_at=T0, cancel_reachable=frozenset({"s1"})), alert(), order("o2")]
    (tmp_path / "accepted.jsonl").write_text("".join(accepted_line(one) + "\n" for one in told))
    assert read_accepted(tmp_path / "accepted.jsonl") == told


def test_an_accepted_line_that_is_none_is_refused(tmp_path):
    (tmp_path / "accepted.jsonl").write_text('{"order": "o1"}\n')
    with pytest.raises(BadRecord):
        read_accepted(tmp_path / "accepted.jsonl")


def test_files_and_values_give_the_same_verdict(tmp_path):
    _write(tmp_path, "s1", played(order()).lines, '{"torn')
    verdict = judge([order()], read_ledgers(tmp_path), shown(order()), T0 + 10**10)
    assert verdict.verdict == "clean"
