"""Bring a database to the schema of this version; all in one transaction, so a kill in it changes nothing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

_HERE = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Apply what is missing; doing it again changes nothing."""
    with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
        command.upgrade(config(connection), "head")


def config(connection: object) -> Config:
    """Alembic's settings, without a file."""
    settings = Config()
    settings.set_main_option("script_location", str(_HERE))
    settings.attributes["connection"] = connection
    return settings
