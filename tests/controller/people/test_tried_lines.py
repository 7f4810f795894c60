"""What is tried in a part of a transaction and taken back leaves no line, and no gap."""

from pathlib import Path

import pytest
from sqlalchemy import text

from controller.people.audit import Act, record
from controller.people.lines import head_of, whole_chain
from controller.people.permissions import Action
from controller.people.verifying import Verifier
from firmware_sim.village.office import Office


@pytest.mark.parametrize("begun", [False, True], ids=["first line ever", "chain begun"])
def test_a_part_that_is_taken_back_leaves_no_gap(tmp_path: Path, begun: bool) -> None:
    office, act = Office(tmp_path), Act("Hoa", "", 1)
    if begun:
        with office.database.write() as session:
            record(session, act, Action.AREA_CREATE, "before")
    with office.database.write() as session:
        with session.begin_nested() as tried:
            record(session, act, Action.AREA_CREATE, "tried")
            tried.rollback()
        record(session, act, Action.AREA_CREATE, "done")
    with office.database.write() as session:
        record(session, act, Action.AREA_CREATE, "after")
    with office.database.read() as session:
        verifier = Verifier({})
        faults = [fault for line in whole_chain(session) for fault in verifier.take(line)]
        assert [*faults, *verifier.end(head_of(session))] == []
        subjects = [row[0] for row in session.execute(text("select subject from audit_line order by id"))]
    assert subjects == (["before"] if begun else []) + ["done", "after"]
    office.database.close()
