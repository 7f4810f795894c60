"""People who log in, added on the machine that holds the data folder."""

import os
from pathlib import Path

from sqlmodel import Session, or_, select

from api.cli.configured import settings_with
from api.cli.endpoint import read_endpoint
from api.cli.refusals import in_words
from api.cli.screen import fail, result, result_json, say
from controller.db import Database
from controller.people.audit import Act
from controller.people.entrance.links import make_link
from controller.people.newcomers import add_person, give_role, person_called
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.settings import Settings
from devices.models import Area


def add(login: str, name: str, role: str, area: str | None, data: Path | None, as_json: bool) -> None:
    settings = settings_with(data)
    act = _act()
    with in_words(), _database(settings).write() as session:
        place = _place(session, area) if area else None
        person = add_person(session, world.new_id(), login, name, act)
        give_role(session, world.new_id(), person, role, place, act)
        path = make_link(session, "invitation", person.id, act, world.entropy)
    _tell(settings, person.id, path, as_json)


def link(login: str, everything: bool, data: Path | None, as_json: bool) -> None:
    settings = settings_with(data)
    with in_words(), _database(settings).write() as session:
        person = person_called(session, login)
        path = make_link(session, "everything" if everything else "password", person.id, _act(), world.entropy)
    _tell(settings, person.id, path, as_json)


def address_of(settings: Settings, running: str | None) -> str:
    """How browsers reach the pages: `running` where the installation listens, if it does."""
    return settings.api.public_url or running or f"http://{settings.api.host}:{settings.api.port}"


def _tell(settings: Settings, person: str, path: str, as_json: bool) -> None:
    endpoint = read_endpoint(settings.data)
    url = address_of(settings, endpoint.api if endpoint else None) + path
    if as_json:
        result_json({"id": person, "link": url})
    else:
        say("A link for one person, shown this once. It works once:")
        result(url)


def _act() -> Act:
    return Act(f"user {os.getuid()}", "command line", world.now())


def _database(settings: Settings) -> Database:
    folder = DataFolder(settings.data)
    if not folder.database.is_file():
        fail(f"{folder.database} is not there yet: it is made when `loa serve` first starts on this data folder")
    return Database(folder.database)


def _place(session: Session, wanted: str) -> str:
    found = session.exec(select(Area.id).where(or_(Area.id == wanted, Area.name == wanted))).all()
    if len(found) != 1:
        fail(f"{len(found)} areas are called {wanted!r}: name it by its id")
    return found[0]
