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
from controller.people.forgetting import forget_who_is_out
from controller.people.grants import keep_an_administrator
from controller.people.newcomers import add_person, give_role, person_called
from controller.people.persons import disable_person, own_grants
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.runtime.installation import WITNESS
from controller.settings import Settings
from devices.models import Area


def add(login: str, name: str, role: str, area: str | None, data: Path | None, as_json: bool) -> None:
    settings = settings_with(data)
    act = by_the_machine()
    with in_words(), database_of(settings).write() as session:
        place = area_named(session, area) if area else None
        person = add_person(session, world.new_id(), login, name, act)
        give_role(session, world.new_id(), person, role, place, act)
        path = make_link(session, "invitation", person.id, act, world.entropy)
    _tell(settings, person.id, path, as_json)


def link(login: str, everything: bool, data: Path | None, as_json: bool) -> None:
    settings = settings_with(data)
    with in_words(), database_of(settings).write() as session:
        person = person_called(session, login)
        path = make_link(
            session, "everything" if everything else "password", person.id, by_the_machine(), world.entropy
        )
    _tell(settings, person.id, path, as_json)


def disable(login: str, data: Path | None, as_json: bool) -> None:
    """Whom no second person is there to put out: who holds the machine may. LastAdministrator."""
    with in_words(), database_of(settings_with(data)).write() as session:
        person, act = person_called(session, login), by_the_machine()
        disable_person(session, person.id, True, act)
        session.flush()
        keep_an_administrator(session, own_grants(session, person.id, act.now), act.now)
    if as_json:
        result_json({"id": person.id})
    else:
        say(f"{person.login} is out; whoever was logged in with this name is too.")


def forget(login: str, data: Path | None, as_json: bool) -> None:
    """PersonStillIn for somebody who has not been put out before."""
    with in_words(), database_of(settings_with(data)).write() as session:
        person = person_called(session, login).id
        forget_who_is_out(session, person, by_the_machine())
    if as_json:
        result_json({"id": person})
    else:
        say(f"{login} is forgotten; what was done is on record by {person}. Backups of before still hold the name.")


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


def by_the_machine() -> Act:
    return Act(f"user {os.getuid()}", "command line", world.now())


def database_of(settings: Settings) -> Database:
    folder = DataFolder(settings.data)
    if not folder.database.is_file():
        fail(f"{folder.database} is not there yet: it is made when `loa serve` first starts on this data folder")
    return Database(folder.database, witness=WITNESS)


def area_named(session: Session, wanted: str) -> str:
    found = session.exec(select(Area.id).where(or_(Area.id == wanted, Area.name == wanted))).all()
    if len(found) != 1:
        fail(f"{len(found)} areas are called {wanted!r}: name it by its id")
    return found[0]
