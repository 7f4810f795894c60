"""`loa fleet`: speakers that exist only here, registered and played as real ones."""

import gc
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from api.cli.client import Unreachable
from api.cli.configured import settings_with
from api.cli.endpoint import Endpoint, read_endpoint
from api.cli.enrolment import Part, enrol, join_by_codes, villages
from api.cli.refusals import in_words
from api.cli.screen import log_to_stderr, result_json, rewrite, say
from controller.runtime import world
from devices.protocol.units import SECOND
from firmware_sim import runtime
from firmware_sim.counter import Counter
from firmware_sim.fleet import CROWD, Fleet, SinkName
from firmware_sim.hardware.profile import Profile
from firmware_sim.identity import BIRTH_FILE, Identity, read_identity
from firmware_sim.renewals import Renewals
from firmware_sim.settings import SpeakerSettings
from firmware_sim.strokes import FAULTS, Fault, strokes

FOLDER = "fleet"
MOST_PARTS = 100
DENSE = 2_000
"""From so many speakers on they ask for the time three times where one asks eight times at its start, and then at the
pace of an old connection: every five minutes, where a young one asks every minute."""
ARMED_EACH_S = 0.005
"""So much sooner for each of them a crowd hands over what is to sound: all begin at one instant."""
RARELY = (20_000, 20, 100)
"""Garbage collections: a dense fleet has millions of objects that stay."""
RENEW_EVERY_S = 5.0
TELL_EVERY_S, TELL_JSON_EVERY_S = 1.0, 5.0


@dataclass(frozen=True)
class FleetWish:
    """What stands on the command line."""

    speakers: int
    data: Path | None
    folder: Path | None
    sink: SinkName | None
    faults: Sequence[Fault]
    seed: int | None
    part: Part
    mqtt: str | None
    """Another way to the broker than the installation's own."""
    makes: Sequence[str]
    """Makes of speaker, in turn."""
    as_json: bool
    codes: Path | None = None
    """Claim codes, one a speaker, between spaces or lines."""


def fault_names(text: str) -> tuple[Fault, ...]:
    """`cuts,power` as faults."""
    named = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in named if name not in FAULTS]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: there are {', '.join(FAULTS)}", param_hint="--faults")
    return tuple(fault for fault in FAULTS if fault in named)


def part_of(text: str) -> Part:
    """`2/3` as a part."""
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MOST_PARTS):
        raise typer.BadParameter(f"{text!r} is not like 2/3", param_hint="--part")
    return Part(int(number), int(of))


def fleet(wish: FleetWish) -> None:
    """Run until SIGINT or SIGTERM; with `as_json` a line of counts every five seconds on stdout."""
    log_to_stderr(as_json=wish.as_json)
    root = settings_with(wish.data).data
    home = wish.part.folder(wish.folder or root / FOLDER)
    asked = stop_signals()
    with in_words():
        endpoint = read_endpoint(root)
        if endpoint is None:
            raise Unreachable(f"Không có bộ điều khiển nào chạy trên {root}.", f"no installation runs on {root}")
        identities = _identities(wish, root, home, endpoint)
        if endpoint.by_certificate:  # some may have been registered without one
            Renewals(Counter(endpoint.api), identities, home, lambda _: False).do_once(world.now())
        sink = wish.sink or ("null" if len(identities) >= CROWD else "wav")
        if len(identities) >= DENSE:
            gc.set_threshold(*RARELY)
        fate = runtime.chance(None if wish.seed is None else wish.seed + 1)
        with Fleet(
            identities, wish.mqtt or endpoint.for_speakers, home, sink=sink, seed=wish.seed,
            settings=_settings(len(identities)),
            strokes=strokes(wish.faults, villages(identities), fate),
            makes=[Profile.read(make) for make in wish.makes],
        ) as running:  # fmt: skip
            if endpoint.by_certificate:
                _renew_in_time(running, identities, home, endpoint)
            _run(running, asked, wish.as_json)


def _identities(wish: FleetWish, root: Path, home: Path, endpoint: Endpoint) -> list[Identity]:
    """Those that join by the codes of a file, or as many as were asked for."""
    if wish.codes is not None:
        join_by_codes(endpoint.api, wish.codes.read_text("utf-8").split(), home)
        return [read_identity(path.parent) for path in sorted(home.glob(f"*/{BIRTH_FILE}"))]
    return enrol(root, home, wish.speakers, wish.part, quiet=wish.as_json, by_code=endpoint.by_certificate)


def _renew_in_time(running: Fleet, identities: Sequence[Identity], home: Path, endpoint: Endpoint) -> None:
    """Speakers look after their certificates in a thread of their own; their next connection shows the new one."""
    renewals = Renewals(Counter(endpoint.api), identities, home, running.unwelcome)

    def renew() -> None:
        while True:
            renewals.do_once(world.now())
            world.sleep(RENEW_EVERY_S)

    world.start_thread("loa-renewals", renew)


def _settings(speakers: int) -> SpeakerSettings:
    """What a crowd on one processor does sooner, and thousands less often."""
    if speakers < CROWD:
        return SpeakerSettings()
    return SpeakerSettings(slow_start=speakers >= DENSE, armed_ahead=int(speakers * ARMED_EACH_S * SECOND))


def stop_signals() -> list[int]:
    """A list that is filled when somebody asks to stop."""
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: asked.append(got))
    return asked


def _run(running: Fleet, asked: Sequence[int], as_json: bool) -> None:
    every = TELL_JSON_EVERY_S if as_json else TELL_EVERY_S
    told_at, told = world.monotonic(), 0
    while not asked:
        running.do_once(0.25)
        now = world.monotonic()
        if now - told_at >= every:
            counts = running.counts()
            rate = (counts["messages"] - told) / (now - told_at)
            told_at, told = now, counts["messages"]
            _tell(counts | {"messages_s": round(rate)}, as_json)
    if not as_json:
        say("")


def _tell(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        result_json(counts)
        return
    names = ("connected", "playing", "played", "failed", "refused")
    said = "  ".join(f"{name} {counts[name]}" for name in names)
    rewrite(f"{said}  of {counts['speakers']} speakers  {counts['messages_s']} messages/s")
