"""Keys for programs, made on the machine that holds the data folder."""

import os
from pathlib import Path

from api.cli.configured import settings_with
from api.cli.refusals import in_words
from api.cli.screen import fail, result, result_json, say
from controller.db import Database
from controller.people.api_keys import add_key, make_key
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.runtime.installation import WITNESS


def add(name: str, role: str, data: Path | None, as_json: bool) -> None:
    folder = DataFolder(settings_with(data).data)
    if not folder.database.is_file():
        fail(f"{folder.database} is not there yet: it is made when `loa serve` first starts on this data folder")
    key, key_id = make_key(world.entropy(24)), world.new_id()
    act = Act(f"user {os.getuid()}", "command line", world.now())
    with in_words(), Database(folder.database, witness=WITNESS).write() as session:
        add_key(session, key_id, name, key, role, act.now)
        record(session, act, Action.KEY_CREATE, key_id, f"{name}: {role}")
    if as_json:
        result_json({"id": key_id, "key": key})
    else:
        say(f"A key of role {role} for {name}, shown this once:")
        result(key)
