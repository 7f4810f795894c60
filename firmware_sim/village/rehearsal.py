"""One rehearsal: a village, a history played on it, healing, and the judge. The seed is the whole story."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from devices.protocol.units import DAY, MINUTE, SECOND
from firmware_sim import runtime
from firmware_sim.judge.records import Accepted
from firmware_sim.judge.verdict import Verdict
from firmware_sim.ledger import Line
from firmware_sim.radio.model import RadioModel
from firmware_sim.settings import SpeakerSettings
from firmware_sim.village.cuts import Cuts
from firmware_sim.village.deeds.catalogue import heal, known
from firmware_sim.village.deeds.stage import Stage
from firmware_sim.village.faults.catalogue import history
from firmware_sim.village.figures import Figures, figures
from firmware_sim.village.garbage import collected_seldom
from firmware_sim.village.happenings import Happening, Scene
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.planted import BUGS, NUISANCES, Bug
from firmware_sim.village.pole import Pole
from firmware_sim.village.village import Village
from firmware_sim.village.virtual_time import START

SETTLING = MINUTE
"""Before the history begins: everybody joins, finds the time and fetches the tone, us."""
HEALING = 30 * MINUTE
"""After it has ended and every fault is mended, at least, us."""
LAST_WORD = 3 * MINUTE
"""After the last expiry: signed words come in, or are given up, us."""
CANCEL_WATCH = 3 * SECOND
"""What happens so soon after a cancel may have delayed it, us."""
CHUNK = 65_536
MAKES = ("common", "plain", "common", "remote", "common", "loud", "common", "solar")
"""Every other speaker is of the common make."""


@dataclass(frozen=True)
class Wish:
    """What is to be rehearsed."""

    seed: int
    days: float
    speakers: int
    faults: tuple[str, ...] = ()
    plant: str = ""
    """A bug or a nuisance to plant, see planted.py."""
    begin: int = START
    """When it begins, us UTC."""
    model: Path | None = None
    """A file with a radio model; None: the one shipped."""

    @property
    def span(self) -> int:
        """us."""
        return int(self.days * DAY)

    @property
    def scene(self) -> Scene:
        count = Village.hamlet_count(self.speakers)
        hamlets = tuple(tuple(range(number, self.speakers, count)) for number in range(count))
        return Scene(self.speakers, hamlets, self.span)

    @property
    def thinning(self) -> dict[str, int]:
        """Heartbeats so many seconds apart, bursts of time probes so many times rarer than on the wire, and cuts of
        single links so many times rarer than in the radio model."""
        if self.days < 1:
            return {"heartbeat_s": 3_600, "probes": 12, "cuts": 12}
        return {"heartbeat_s": 21_600, "probes": 36, "cuts": 144}

    def history(self) -> tuple[Happening, ...]:
        return history(self.scene, self.seed, self.faults)


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    wish: Wish
    verdict: Verdict
    digest: str
    """SHA-256 over every message and every line of every ledger, in their order."""
    figures: Figures
    played: tuple[Happening, ...]

    @property
    def clean(self) -> bool:
        return self.verdict.verdict == "clean"


Watch = Callable[[float], None]
"""Told how much of it is done, 0 to 1."""


def rehearse(
    wish: Wish, folder: Path, happenings: Sequence[Happening] | None = None, watch: Watch | None = None
) -> Outcome:
    """Run it in an empty `folder`; with `happenings` a part of its history only."""
    record = hashlib.sha256()
    history = wish.history() if happenings is None else known(tuple(happenings))
    bug = {**BUGS, **NUISANCES}[wish.plant] if wish.plant else Bug()

    def note(device: str, line: Line) -> None:
        record.update(device.encode() + json.dumps(line).encode())

    village = Village(
        folder, wish.speakers, wish.seed, radio=RadioModel.read(wish.model), heartbeat_s=wish.thinning["heartbeat_s"],
        settings=SpeakerSettings(probe_thinning=wish.thinning["probes"]), makes=MAKES, build=bug.build,
        note=note, chunk_bytes=CHUNK, begin=wish.begin,
    )  # fmt: skip
    try:
        with collected_seldom():
            return _play(wish, village, bug, history, record, watch)
    finally:
        village.close()


def _play(
    wish: Wish,
    village: Village,
    bug: Bug,
    happenings: tuple[Happening, ...],
    record: "hashlib._Hash",
    watch: Watch | None,
) -> Outcome:
    village.broker.overhear = lambda topic, payload: record.update(topic.encode() + payload)
    bug.plant(village)
    stage = Stage(village, Hostility(village))
    for happening in happenings:
        _schedule(stage, happening)
    faulty, end = (SETTLING + wish.span) / (SETTLING + wish.span + HEALING), village.begin + SETTLING + wish.span
    if village.radio is not None:
        village.time.at(village.begin + SETTLING, Cuts(stage, village.radio, wish.thinning["cuts"], end).begin)
    _run(village, end, watch, (0, faulty))
    heal(stage)
    last = max((accepted.expires_at for accepted in village.accepted), default=0)
    _run(village, max(village.time.now + HEALING, last + LAST_WORD), watch, (faulty, 1))
    village.accepted[:] = [_reached(accepted, stage) for accepted in village.accepted]
    return Outcome(wish, village.judged(), record.hexdigest(), figures(village, stage), happenings)


def _schedule(stage: Stage, happening: Happening) -> None:
    """Each happening throws dice of its own, so that others may be left out."""
    dice = runtime.dice(f"{stage.village.seed}/{happening.at}/{happening.deed}/{happening.of}")
    stage.village.time.at(stage.village.begin + SETTLING + happening.at, lambda: stage.play(happening, dice))


def _run(village: Village, until: int, watch: Watch | None, shares: tuple[float, float]) -> None:
    """`shares`: how much of the whole is done before and after."""
    begin, (before, after) = village.time.now, shares
    step = max(MINUTE, (until - begin) // 200)
    while village.time.now < until:
        village.time.run_until(min(until, village.time.now + step))
        if watch:
            watch(before + (after - before) * (village.time.now - begin) / (until - begin))


def _reached(accepted: Accepted, stage: Stage) -> Accepted:
    """Whom nothing kept from hearing a cancel, now that it is known what happened next."""
    if accepted.cancelled_at is None:
        return accepted
    window = accepted.cancelled_at, accepted.cancelled_at + CANCEL_WATCH
    heard = accepted.cancel_reachable if accepted.cancel_reachable is not None else accepted.targets
    if _overlaps(stage.troubled, window):
        return replace(accepted, cancel_reachable=frozenset())
    poles = {pole.identity.device: pole for pole in stage.village.poles}
    return replace(accepted, cancel_reachable=frozenset(one for one in heard if not _troubled(poles[one], window)))


def _troubled(pole: Pole, window: tuple[int, int]) -> bool:
    return _overlaps(pole.troubles, window) or _overlaps([(cut, cut) for cut in pole.cuts], window)


def _overlaps(intervals: Sequence[tuple[int, int]], window: tuple[int, int]) -> bool:
    return any(begin <= window[1] and end >= window[0] for begin, end in intervals)
