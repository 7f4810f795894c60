"""Speakers, trust and backups from the command line."""

from pathlib import Path
from typing import Any

from api.cli.client import Client, Refused, client_of
from api.cli.configured import settings_with
from api.cli.refusals import in_words
from api.cli.screen import fail, result, result_json, say
from controller.backup import write_backup
from controller.keyring import write_secret
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.runtime.installation import keyring_of
from devices.protocol.keys import SigningKey, public_to_pem


def backup(file: Path, data: Path | None, as_json: bool) -> None:
    with in_words():
        size = write_backup(settings_with(data).data, file)
    if as_json:
        result_json({"file": str(file), "bytes": size})
    else:
        say(f"{file}: {size / 1e6:.1f} MB. It holds the signing keys: keep it as you keep the keys.")


def trust_export(data: Path | None) -> None:
    settings = settings_with(data)
    folder = DataFolder(settings.data)
    if not folder.keys.is_dir():
        fail(f"{folder.keys} is not there yet: keys are made when `loa serve` first starts on this data folder")
    with in_words():
        birth = keyring_of(folder, settings).birth("")
    birth.pop("device")
    result_json(birth)


def device_keygen(folder: Path) -> None:
    with in_words():
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / "key.pem").exists():
            fail(f"{folder / 'key.pem'} exists: a speaker's key is never made a second time")
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
        say(f"{name} is registered as {made['id']}. It must be born with:")
        result_json(made["birth"])


def find_area(client: Client, wanted: str) -> str:
    """The id of an area by its id or its name; Refused where there is none, or several of that name."""
    areas: list[dict[str, Any]] = client.get("/areas")["items"]
    found = [area["id"] for area in areas if wanted in (area["id"], area["name"])]
    if len(found) != 1:
        raise Refused({"detail": f"{len(found)} areas are called {wanted!r}: {', '.join(a['name'] for a in areas)}"})
    return str(found[0])
