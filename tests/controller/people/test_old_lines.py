"""Lines of an installation that is older than the chain are taken into it, and guarded from then on."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from controller.db import Database, Witness
from controller.migrations.apply import config, upgrade
from controller.people.audit import Act, record
from controller.people.lines import head_of, whole_chain
from controller.people.permissions import Action
from controller.people.verifying import faults
from controller.tables import METADATA

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"

OLD = """INSERT INTO audit_line (id, at, who, action, subject, origin, detail)
VALUES (:n, :n, 'a', 'b', 's', 'o', '')"""


def test_lines_of_before_are_bound_in_their_order(tmp_path: Path) -> None:
    database = Database(tmp_path / "loa.db", witness=Witness(lambda count: b"\0" * count, lambda: "system"))
    with database.engine.begin() as connection:
        command.upgrade(config(connection), "0005")
        for number in (3, 7, 8):  # with gaps, as a deleted line left them
            connection.execute(text(OLD), {"n": number})
    upgrade(database.engine)
    with database.write() as session:
        record(session, Act("Bảy", "10.0.0.7", 9), Action.AREA_CREATE, "area")
    with database.read() as session:
        lines = list(whole_chain(session))
        assert list(faults(lines, head_of(session))) == []
    assert [(line.seq, line.at, line.clock) for line in lines] == [(1, 3, ""), (2, 7, ""), (3, 8, ""), (4, 9, "system")]  # type: ignore[union-attr]
    assert len({line.salt for line in lines}) == 4  # type: ignore[union-attr]
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("UPDATE audit_line SET at = 5 WHERE id = 1"))


def test_tables_made_at_once_are_guarded_like_migrated_ones(tmp_path: Path) -> None:
    migrated, fresh = Database(tmp_path / "migrated.db"), Database(tmp_path / "fresh.db")
    upgrade(migrated.engine)
    METADATA.create_all(fresh.engine)
    with migrated.read() as one, fresh.read() as other:
        guards = one.execute(text(TRIGGERS)).all()
        assert len(guards) == 2 and guards == other.execute(text(TRIGGERS)).all()
