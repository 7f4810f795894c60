"""Speakers and backups from the command line."""

from functools import partial
from pathlib import Path
from typing import Any

from api.cli import device_words
from api.cli.client import Client, client_of
from api.cli.configured import settings_with
from api.cli.device_words import refuse
from api.cli.key_words import tell
from api.cli.passphrases import backup_passphrase
from api.cli.refusals import in_words
from api.cli.screen import result, result_json
from controller.backup import write_backup
from controller.keyring import write_secret
from controller.keys.sealing import Sealed, seal
from controller.restoring import holds_keys, restore_backup
from controller.runtime import world
from devices.protocol.keys import SigningKey, public_to_pem


def backup(file: Path, data: Path | None, with_keys: bool, passphrase_file: Path | None, as_json: bool) -> None:
    settings = settings_with(data)
    with in_words():
        passphrase = backup_passphrase(settings.keys, passphrase_file, new=True) if with_keys else None
        size = write_backup(settings.data, file, partial(_sealed, passphrase) if passphrase else None)
    if as_json:
        result_json({"file": str(file), "bytes": size, "keys": with_keys})
    else:
        tell("backup_with_keys" if with_keys else "backup_without_keys", file=file, mb=size / 1e6)


def _sealed(passphrase: str, content: bytes, label: str) -> Sealed:
    return seal(content, passphrase, label, world.entropy)


def restore(file: Path, data: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    settings = settings_with(data)
    with in_words():
        passphrase = backup_passphrase(settings.keys, passphrase_file, new=False) if holds_keys(file) else None
        keys = restore_backup(file, settings.data.absolute(), passphrase)
    if as_json:
        result_json({"folder": str(settings.data), "keys": keys})
    else:
        tell("restored" if keys else "restored_without_keys", folder=settings.data)


def device_keygen(folder: Path) -> None:
    with in_words():
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "key.pem").exists():
            refuse("key_there", file=folder / "key.pem")
        key = SigningKey(world.entropy(32))
        write_secret(folder / "key.pem", key.to_pem())
        (folder / "public.pem").write_bytes(public_to_pem(key.verify_key))
    result(str(folder / "public.pem"))


def device_add(name: str, area: str, public_key: Path, data: Path | None, as_json: bool) -> None:
    with in_words(), client_of(settings_with(data).data) as client:
        body = {"name": name, "area": find_area(client, area), "public_key": public_key.read_text("ascii")}
        made = client.post("/devices", body)
    if as_json:
        result_json(made)
    else:
        device_words.tell("registered", name=name, id=made["id"])
        result_json(made["birth"])


def find_area(client: Client, wanted: str) -> str:
    """The id of an area by its id or its name; ends the command where there is none, or several of that name."""
    areas: list[dict[str, Any]] = client.get("/areas")["items"]
    found = [area["id"] for area in areas if wanted in (area["id"], area["name"])]
    if not found:
        refuse("area_unknown", name=wanted, areas=", ".join(area["name"] for area in areas))
    if len(found) > 1:
        refuse("areas_called", count=len(found), name=wanted, ids=", ".join(found))
    return str(found[0])
