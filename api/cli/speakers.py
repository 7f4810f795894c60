"""`loa device join` and `status`: a test speaker comes in, and a person says what has become of one."""

from pathlib import Path
from typing import NoReturn

from api.cli import phrases
from api.cli.client import Client, client_of
from api.cli.configured import settings_with
from api.cli.device_words import FILE, refuse, tell
from api.cli.problem_words import known, sentence
from api.cli.refusals import in_words
from api.cli.screen import result, result_json
from controller.runtime import world
from devices.protocol.keys import SigningKey
from firmware_sim.counter import Counter
from firmware_sim.errors import NotLetIn
from firmware_sim.scan import read_scan

PAGE = 1_000


def set_status(device: str, status: str, note: str, data: Path | None, as_json: bool) -> None:
    """Say where a speaker is."""
    with in_words(), client_of(settings_with(data).data) as client:
        shown = client.put(f"/devices/{find_device(client, device)}/status", {"status": status, "note": note})
    if as_json:
        result_json(shown)
    else:
        vi, en = phrases.in_both(FILE, f"status_{shown['status']}")
        tell("status", name=shown["name"], id=shown["id"], vi=vi, en=en)


def join(said: str, folder: Path, data: Path | None, api: str | None) -> None:
    """A test speaker joins by a code, typed or scanned, with a key of its own."""
    address = api or ""
    with in_words():
        try:
            scan = read_scan(said)
            address = api or scan.at or _endpoint(data)
            counter = Counter(address)
            try:
                identity = counter.join(scan.code, SigningKey(world.entropy(32)), folder, scan.root)
            finally:
                counter.close()
        except NotLetIn as error:
            _explain(error, address)
    result(str(folder / identity.device))


def _explain(error: NotLetIn, address: str) -> NoReturn:
    code = str(error.data["why"])
    if known(code):
        seen = {name: value for name, value in error.data.items() if name != "why"}
        vi, en = sentence(code, seen, "vi"), sentence(code, seen, "en")
    else:
        vi, en = phrases.in_both(FILE, code, address=address)
    refuse("not_let_in", code=code, why_vi=vi, why_en=en)


def find_device(client: Client, wanted: str) -> str:
    """The id of a speaker by its id or its name; ends the command where there is none, or several of that name."""
    found, after = [], None
    while True:
        page = client.get("/devices", limit=PAGE, **({"after": after} if after else {}))
        found += [one["id"] for one in page["items"] if wanted in (one["id"], one["name"])]
        if (after := page["next"]) is None:
            break
    if not found:
        refuse("speaker_unknown", name=wanted)
    if len(found) > 1:
        refuse("speakers_called", count=len(found), name=wanted, ids=", ".join(found))
    return str(found[0])


def _endpoint(data: Path | None) -> str:
    with client_of(settings_with(data).data) as client:
        return client.address
