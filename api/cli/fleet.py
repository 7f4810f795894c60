"""`loa fleet`: speakers that exist only here, registered and played as real ones."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from api.cli.client import Client, Unreachable, client_of
from api.cli.configured import settings_with
from api.cli.endpoint import read_endpoint
from api.cli.refusals import in_words
from api.cli.screen import log_to_stderr, progress, result_json, say
from controller.runtime import world
from devices.protocol.keys import SigningKey
from firmware_sim.fleet import Fleet
from firmware_sim.identity import BIRTH_FILE, Birth, Identity, read_identity, write_identity

FOLDER = "fleet"
TELL_EVERY_S = 1.0


def fleet(speakers: int, data: Path | None, folder: Path | None, sink: Literal["wav", "null"], as_json: bool) -> None:
    """Run until SIGINT or SIGTERM; with `as_json` a line of counts every second on stdout."""
    log_to_stderr(as_json=as_json)
    root = settings_with(data).data
    home = folder or root / FOLDER
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: asked.append(got))
    with in_words():
        identities = enrol(root, home, speakers, quiet=as_json)
        endpoint = read_endpoint(root)
        if endpoint is None:
            raise Unreachable(f"no installation runs on {root}")
        with Fleet(identities, endpoint.mqtt, home, sink=sink) as running:
            _run(running, asked, as_json)


def enrol(data: Path, home: Path, count: int, *, quiet: bool) -> list[Identity]:
    """The identities of `count` speakers in `home`: those that are there, the rest newly registered."""
    known = [read_identity(path.parent) for path in sorted(home.glob(f"*/{BIRTH_FILE}"))][:count]
    if len(known) == count:
        return known
    with client_of(data) as client, progress(quiet) as bars:
        places = _places(client)
        wanted = bars.track(range(len(known), count), description="register")
        return known + [_enrol_one(client, home, places, number) for number in wanted]


def _places(client: Client) -> Sequence[dict[str, Any]]:
    """The areas in which speakers stand: those without areas below them; one is made where there is none."""
    areas: list[dict[str, Any]] = client.get("/areas")["items"]
    above = {area["parent"] for area in areas}
    leaves = [area for area in areas if area["id"] not in above]
    return leaves or [client.post("/areas", {"name": "Xã mô phỏng"}, key="fleet-area")]


def _enrol_one(client: Client, home: Path, places: Sequence[dict[str, Any]], number: int) -> Identity:
    place = places[number % len(places)]
    name = f"Loa {number // len(places) + 1:02d} {place['name']}"
    key = SigningKey(world.entropy(32))
    body = {"name": name, "area": place["id"], "public_key": key.verify_key.public}
    made = client.post("/devices", body)
    identity = Identity(Birth(**made["birth"], name=name), key)
    write_identity(home / identity.device, identity)
    return identity


def _run(running: Fleet, asked: list[int], as_json: bool) -> None:
    tell_at = world.monotonic()
    while not asked:
        running.do_once(0.25)
        if world.monotonic() >= tell_at:
            tell_at += TELL_EVERY_S
            _tell(running, as_json)


def _tell(running: Fleet, as_json: bool) -> None:
    counts = running.counts()
    if as_json:
        result_json(counts)
    else:
        say("  ".join(f"{name} {count}" for name, count in counts.items()))
