"""Simulated speakers are registered as real ones are: a crate for each place at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.cli.client import Client, client_of
from api.cli.screen import progress
from controller.runtime import world
from devices.protocol.keys import SigningKey
from firmware_sim.counter import Counter
from firmware_sim.identity import BIRTH_FILE, Birth, Identity, read_identity, write_identity

CRATE = 250
"""Speakers registered in one request."""
VILLAGE = 200
"""Speakers of a village, where the installation has no places yet."""


@dataclass(frozen=True)
class Part:
    """Fleet `number` (from 1) of `of` that share the speakers of one installation."""

    number: int = 1
    of: int = 1

    def folder(self, home: Path) -> Path:
        return home if self.of == 1 else home.with_name(f"{home.name}-{self.number}-of-{self.of}")

    def numbers(self, speakers: int) -> range:
        """Which of all speakers, counted from 0, are its own."""
        return range(self.number - 1, speakers, self.of)


def enrol(data: Path, home: Path, speakers: int, part: Part, *, quiet: bool, by_code: bool = False) -> list[Identity]:
    """The identities of a fleet in `home`: those that are there, the rest newly registered.

    `by_code`: they join by claim codes, and so get certificates.
    """
    numbers = part.numbers(speakers)
    known = [read_identity(path.parent) for path in sorted(home.glob(f"*/{BIRTH_FILE}"))][: len(numbers)]
    if len(known) == len(numbers):
        return known
    with client_of(data) as client, progress(quiet) as bars:
        places = _places(client, speakers)
        task = bars.add_task("register", total=len(numbers) - len(known))
        for crate in crates(numbers[len(known) :], len(places)):
            place, names = places[crate[0] % len(places)], [one // len(places) for one in crate]
            made = (_join if by_code else _register)(client, home, place, names)
            known += made
            bars.advance(task, len(made))
    return known


def villages(identities: Iterable[Identity]) -> list[list[int]]:
    """Places in the fleet of the speakers of one place each, in the order in which they are met."""
    found: dict[str, list[int]] = {}
    for place, identity in enumerate(identities):
        found.setdefault(identity.name.split(" ", 2)[-1], []).append(place)
    return list(found.values())


def crates(numbers: Sequence[int], places: int) -> Iterator[list[int]]:
    """The numbers of each place, a crate at a time."""
    for place in range(places):
        here = [number for number in numbers if number % places == place]
        for begin in range(0, len(here), CRATE):
            yield here[begin : begin + CRATE]


def _places(client: Client, speakers: int) -> Sequence[dict[str, Any]]:
    """The areas in which speakers stand: those without areas below them; made where there are none."""
    areas: list[dict[str, Any]] = client.get("/areas")["items"]
    above = {area["parent"] for area in areas}
    leaves = [area for area in areas if area["id"] not in above]
    return leaves or _found_villages(client, -(-speakers // VILLAGE))


def _found_villages(client: Client, count: int) -> list[dict[str, Any]]:
    """The same ones for all fleets of an installation, whoever asks first."""
    commune = client.post("/areas", {"name": "Xã mô phỏng"}, key="fleet-area")
    if count == 1:
        return [commune]
    return [
        client.post("/areas", {"name": f"Ấp {number}", "parent": commune["id"]}, key=f"fleet-area-{number}")
        for number in range(1, count + 1)
    ]


def join_by_codes(api: str, codes: Iterable[str], home: Path) -> list[Identity]:
    """New speakers that join by these codes, one each."""
    counter = Counter(api)
    try:
        return [counter.join(code, SigningKey(world.entropy(32)), home) for code in codes]
    finally:
        counter.close()


def _join(client: Client, home: Path, place: dict[str, Any], numbers: Sequence[int]) -> list[Identity]:
    """Speakers of one place: a technician's codes are made for them, and each brings one."""
    codes = []
    for number in numbers:
        wish = {"area": place["id"], "name": _name(place, number)}
        codes.append(client.post("/claim-codes", wish)["items"][0]["code"])
    return join_by_codes(client.address, codes, home)


def _name(place: dict[str, Any], number: int) -> str:
    return f"Loa {number + 1:02d} {place['name']}"


def _register(client: Client, home: Path, place: dict[str, Any], numbers: Sequence[int]) -> list[Identity]:
    """Speakers of one place, by their numbers there (counted from 0)."""
    names = [_name(place, number) for number in numbers]
    keys = [SigningKey(world.entropy(32)) for _ in names]
    boxed = [{"name": name, "public_key": key.verify_key.public} for name, key in zip(names, keys, strict=True)]
    made = client.post("/devices/batch", {"area": place["id"], "devices": boxed})
    common = {name: made[name] for name in ("tenant", "root", "trust")}
    identities = [
        Identity(Birth(**common, device=device, name=name), key)
        for device, name, key in zip(made["devices"], names, keys, strict=True)
    ]
    for identity in identities:
        write_identity(home / identity.device, identity)
    return identities
