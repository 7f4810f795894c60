"""An installation from before speakers could be lost keeps all that it has."""

from pathlib import Path

from alembic import command
from sqlalchemy import text

from controller.db import Database
from controller.migrations.apply import config, upgrade

AREA = "insert into area (id, name, languages, next_number, created_at) values ('a', 'Xã', '[]', 2, 1)"
DEVICE = """
    insert into device (id, name, area_id, public_key, registered_at, retired_at, volume, trim_us, sim_daily_bytes,
        config_seq, config_content, reported_config_seq, online, health)
    values (:name, :name, 'a', :name, 1, :retired, 80, 0, 1, 0, '', 0, 0, '{}')
"""
MEMBER = "insert into membership (area_id, device_id, number) values ('a', :name, :number)"


def test_speakers_that_were_there_are_in_service_and_those_retired_stay_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "loa.db")
    with database.engine.begin() as connection:
        command.upgrade(config(connection), "0004")
    with database.engine.begin() as connection:
        connection.execute(text(AREA))
        for number, (name, retired) in enumerate((("one", None), ("two", 5))):
            connection.execute(text(DEVICE), {"name": name, "retired": retired})
            connection.execute(text(MEMBER), {"name": name, "number": number})
    upgrade(database.engine)
    with database.engine.begin() as connection:
        rows = connection.execute(text("select id, status, status_at, shut_out_at from device order by id")).all()
        assert [tuple(row) for row in rows] == [("one", "in_service", None, None), ("two", "retired", 5, None)]
        assert connection.execute(text("select count(*) from membership")).scalar() == 2
    database.close()
