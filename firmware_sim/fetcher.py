"""How audio comes: the manifest first, then at most four missing chunks at a time, each checked by its hash.

Retry is part of it: silence, a bad chunk or a refused subscription leads to UNSUBSCRIBE and, after a pause that
grows, SUBSCRIBE again. What has come survives reconnects and reboots. Knows no order, only wants.
"""

from collections.abc import Callable, Iterable
from hashlib import sha256 as digest_of

from pydantic import BaseModel, ValidationError

from devices.protocol.errors import BadChunk
from devices.protocol.messages.blobs import Manifest
from devices.protocol.topics import Topics
from firmware_sim.clock import Clock
from firmware_sim.errors import NoSpace
from firmware_sim.flash import Flash, Shape, make_room
from firmware_sim.pace import Pace
from firmware_sim.ports import Chance, SpeakerLink
from firmware_sim.settings import SpeakerSettings
from firmware_sim.transfer import LONGEST_PAUSE, MANIFEST, Piece, Transfer, Want, start_delay

WINDOW = 4
"""Pieces asked for at a time, of all blobs together; a weak link asks for fewer."""
HEADERS = 16_384
"""Bytes of a file that are not sound: what a short clip may have beyond its bit rate."""


class Contents(BaseModel):
    """A manifest as it is kept until its blob is whole, and the id of the key that said it."""

    manifest: Manifest
    by: str


class Fetcher:
    """Tells `on_whole` a blob, or `on_failed` a blob and a code: it will not be whole here for now."""

    def __init__(
        self,
        flash: Flash,
        topics: Topics,
        link: SpeakerLink,
        clock: Clock,
        chance: Chance,
        on_whole: Callable[[str, int], None],
        on_failed: Callable[[str, str, int], None],
        settings: SpeakerSettings,
    ) -> None:
        self._flash = flash
        self._topics = topics
        self._link = link
        self._clock = clock
        self._chance = chance
        self._on_whole = on_whole
        self._on_failed = on_failed
        self._settings = settings
        self._connected = False
        self._wants: dict[str, Want] = {}
        self._transfers: dict[str, Transfer] = {}
        self._wake: int | None = None
        self._pace = Pace()
        self._line_at = self._chunk_at = 0
        """When the line last brought anything, and when a chunk, us monotonic."""

    def load(self) -> None:
        """Throw away tables of contents whose blob is whole or gone."""
        held = self._flash.held()
        for key in self._flash.keys("manifests/"):
            sha256 = key.removeprefix("manifests/")
            if sha256 not in held or self._flash.has(sha256):
                self._flash.delete(key)

    def set_wants(self, wants: Iterable[Want], mono: int) -> None:
        """What should be here from now on; transfers of anything else end."""
        self._wants = {want.sha256: want for want in wants}
        for sha256 in [sha256 for sha256 in self._transfers if sha256 not in self._wants]:
            self._end(self._transfers[sha256])
        self._follow_wants(mono)

    def on_connected(self, mono: int) -> None:
        self._connected, self._wake = True, mono

    def on_disconnected(self) -> None:
        """Subscriptions are gone with the session; what was asked for may be asked for at once again."""
        self._connected, self._wake = False, None
        for transfer in self._transfers.values():
            for index in transfer.asked():
                del transfer.pieces[index]

    def on_line(self, mono: int) -> None:
        """Bytes came, whatever they are: the line lives."""
        self._line_at = mono

    def on_refused(self, sha256: str, index: int, mono: int) -> None:
        """The broker refused a subscription."""
        transfer = self._transfers.get(sha256)
        if transfer and index in transfer.asked():
            self._retry(transfer, index, mono)

    def on_manifest(self, manifest: Manifest, by: str, mono: int) -> None:
        """A verified table of contents; `by`: id of the key that said so."""
        transfer = self._transfers.get(manifest.sha256)
        if transfer is None or transfer.manifest is not None:
            return
        if not decodes(self._settings, manifest):
            self.on_bad_manifest(manifest.sha256, "unknown_codec", mono)
            return
        self._unsubscribe(transfer, MANIFEST)
        transfer.came(MANIFEST, mono)
        try:
            self._prepare(transfer, Contents(manifest=manifest, by=by), mono)
        except NoSpace as error:
            self._give_up(transfer, error.code, mono)
            return
        delay = start_delay(transfer.want, 2 * self._pace.time_for(manifest.size), self._clock.utc(mono), self._chance)
        transfer.start_at = mono + delay
        self._follow_wants(mono)

    def on_bad_manifest(self, sha256: str, code: str, mono: int) -> None:
        """A well-signed table of contents for something this speaker cannot play."""
        if sha256 in self._transfers:
            self._unsubscribe(self._transfers[sha256], MANIFEST)
            self._give_up(self._transfers[sha256], code, mono)

    def on_chunk(self, sha256: str, index: int, data: bytes, mono: int) -> None:
        """A piece of a blob; BadChunk if it is not what the manifest promised. Others than wanted are dropped."""
        transfer = self._transfers.get(sha256)
        if transfer is None or transfer.manifest is None or index not in transfer.missing:
            return
        if digest_of(data).hexdigest() != transfer.manifest.chunks[index]:
            self._retry(transfer, index, mono)
            raise BadChunk(blob=sha256, index=index)
        try:
            self._flash.write_chunk(sha256, index, data)
        except NoSpace as error:
            self._unsubscribe(transfer, index)
            self._give_up(transfer, error.code, mono)
            return
        self._unsubscribe(transfer, index)
        self._measure(transfer, index, len(data), mono)
        transfer.came(index, mono)
        self._wake = mono
        if not transfer.missing and not self._finish(transfer, mono):
            raise BadChunk(blob=sha256)

    def do_once(self, mono: int) -> None:
        if self._wake is None or mono < self._wake or not self._connected:
            return
        for transfer in list(self._transfers.values()):
            for index in transfer.overdue(mono, self._pace, self._line_at):
                self._retry(transfer, index, mono)
        self._fill(mono)
        self._wake = self._next_time(mono)

    def next_wakeup(self) -> int | None:
        return self._wake if self._connected else None

    def _follow_wants(self, mono: int) -> None:
        """A transfer for every want that is not here; one whose place in flash was given away begins again."""
        held = self._flash.held()
        for want in list(self._wants.values()):
            transfer = self._transfers.get(want.sha256)
            if transfer is None and not self._flash.has(want.sha256):
                self._begin(want, mono)
            elif transfer is not None:
                transfer.want = want
                if transfer.manifest and want.sha256 not in held:
                    self._start_over(transfer, mono)
        self._wake = mono

    def _begin(self, want: Want, mono: int) -> None:
        """Start from nothing, or where an earlier transfer was cut off."""
        transfer = self._transfers[want.sha256] = Transfer(want)
        if want.sha256 not in self._flash.held():
            return
        try:
            stored = self._flash.get(_item(want.sha256)) or b""
            self._prepare(transfer, Contents.model_validate_json(stored), mono)
        except (ValidationError, NoSpace):
            self._flash.drop(want.sha256)
            return
        if not transfer.missing:
            self._finish(transfer, mono)

    def doubt(self, trusts: Callable[[str], bool], mono: int) -> None:
        """Tables of contents that nobody who is trusted has said are forgotten, and what came by them."""
        for key in self._flash.keys("manifests/"):
            sha256 = key.removeprefix("manifests/")
            if trusts(_by(self._flash.get(key))):
                continue
            self._flash.delete(key)
            if sha256 in self._transfers:
                self._start_over(self._transfers[sha256], mono)
            elif not self._flash.has(sha256):
                self._flash.drop(sha256)

    def _prepare(self, transfer: Transfer, contents: Contents, mono: int) -> None:
        """Make a place in flash; NoSpace if there is none."""
        manifest = contents.manifest
        raw, sha256 = contents.model_dump_json().encode(), manifest.sha256
        if self._flash.get(_item(sha256)) != raw:
            self._flash.drop(sha256)
        if sha256 not in self._flash.held():
            self._make_room(transfer.want, manifest.size, mono)
        self._flash.reserve(sha256, Shape(manifest.size, manifest.chunk_bytes))
        if not self._flash.put(_item(sha256), raw):
            raise NoSpace(size=len(raw))
        transfer.manifest = manifest
        transfer.missing = self._flash.missing(sha256)[::-1]

    def _make_room(self, want: Want, size: int, mono: int) -> None:
        """NoSpace if there is none; a transfer whose place is given away begins again, whatever becomes of this one."""
        make_room(self._flash, size, self._keep(want))
        held = self._flash.held()
        for other in self._transfers.values():
            if other.manifest is not None and other.want.sha256 not in held:
                self._start_over(other, mono)

    def _keep(self, want: Want) -> set[str]:
        """Blobs that may not go for the sake of `want`."""
        return {other.sha256 for other in self._wants.values() if other.importance >= want.importance}

    def _finish(self, transfer: Transfer, mono: int) -> bool:
        """All chunks are here: believe the blob if the whole has its hash, else begin again later."""
        sha256 = transfer.want.sha256
        if digest_of(self._flash.read(sha256)).hexdigest() != sha256:
            self._start_over(transfer, mono)
            return False
        try:
            self._flash.seal(sha256)
        except NoSpace as error:
            self._give_up(transfer, error.code, mono)
            return True
        self._flash.delete(_item(sha256))
        del self._transfers[sha256]
        self._on_whole(sha256, mono)
        return True

    def _give_up(self, transfer: Transfer, code: str, mono: int) -> None:
        """It cannot be had now; whoever still wants it may have it tried again after the longest pause, or, if it
        was for later, when wants change."""
        self._start_over(transfer, mono)
        if transfer.want.ahead and code == NoSpace.code:
            del self._wants[transfer.want.sha256], self._transfers[transfer.want.sha256]
            return
        transfer.pieces[MANIFEST].retry_at = mono + LONGEST_PAUSE
        self._on_failed(transfer.want.sha256, code, mono)

    def _start_over(self, transfer: Transfer, mono: int) -> None:
        for index in transfer.asked():
            self._unsubscribe(transfer, index)
        self._flash.drop(transfer.want.sha256)
        attempts = transfer.pieces.get(MANIFEST, Piece()).attempts
        transfer.manifest, transfer.missing = None, []
        transfer.pieces = {MANIFEST: Piece(attempts)}
        transfer.put_off(MANIFEST, mono, self._chance)
        self._wake = mono

    def _end(self, transfer: Transfer) -> None:
        for index in transfer.asked():
            self._unsubscribe(transfer, index)
        del self._transfers[transfer.want.sha256]

    def _retry(self, transfer: Transfer, index: int, mono: int) -> None:
        self._unsubscribe(transfer, index)
        transfer.put_off(index, mono, self._chance)
        self._wake = mono

    def _measure(self, transfer: Transfer, index: int, size: int, mono: int) -> None:
        """The line was busy with a chunk since it was asked for, or since the chunk before it."""
        piece = transfer.pieces.get(index)
        if piece and piece.first_at is not None:
            self._pace.came(size, mono - max(piece.first_at, self._chunk_at))
        self._chunk_at = mono

    def _fill(self, mono: int) -> None:
        for transfer in sorted(self._transfers.values(), key=lambda one: one.rank):
            while self._has_room(transfer, mono) and (index := transfer.next_piece(mono)) is not None:
                transfer.ask(index, mono)
                self._link.subscribe(self._topic(transfer, index), 0)

    def _has_room(self, transfer: Transfer, mono: int) -> bool:
        """Whether one more piece of it may be asked for: one always may."""
        under_way = self._under_way()
        if not under_way:
            return True
        busy, more = sum(one.piece_bytes for one, _ in under_way), transfer.piece_bytes
        fits = len(under_way) < WINDOW and busy + more <= self._settings.window_bytes
        idle_at = self._idle_at(under_way)
        return fits and (self._pace.allows(busy, more) or (idle_at is not None and idle_at <= mono))

    def _under_way(self) -> list[tuple[Transfer, int]]:
        """Every piece that is asked for."""
        return [(one, index) for one in self._transfers.values() for index in one.asked()]

    def _idle_at(self, under_way: list[tuple[Transfer, int]]) -> int | None:
        """When the only piece under way is about to be here, us monotonic; None where there are more, or none."""
        if len(under_way) != 1:
            return None
        ((transfer, index),) = under_way
        since = max(transfer.pieces[index].asked_at or 0, self._chunk_at)
        return self._pace.idle_at(since, transfer.piece_bytes)

    def _next_time(self, mono: int) -> int | None:
        transfers = self._transfers.values()
        times = [transfer.next_time_out(self._pace, self._line_at) for transfer in transfers]
        times += [transfer.next_ask() for transfer in transfers if self._has_room(transfer, mono)]
        idle_at = self._idle_at(self._under_way())
        times += [idle_at] if idle_at is not None and idle_at > mono else []
        return min((at for at in times if at is not None), default=None)

    def _unsubscribe(self, transfer: Transfer, index: int) -> None:
        if index in transfer.asked():
            self._link.unsubscribe(self._topic(transfer, index))

    def _topic(self, transfer: Transfer, index: int) -> str:
        sha256 = transfer.want.sha256
        return self._topics.manifest(sha256) if index == MANIFEST else self._topics.chunk(sha256, index)


def decodes(settings: SpeakerSettings, manifest: Manifest) -> bool:
    """Whether this make's decoder can take it."""
    fast = manifest.size * 8 > manifest.duration * settings.kbit_s + HEADERS * 8
    return manifest.duration <= settings.longest and not fast


def _by(stored: bytes | None) -> str:
    """Id of the key behind a stored table of contents."""
    try:
        return Contents.model_validate_json(stored or b"").by
    except ValidationError:
        return ""


def _item(sha256: str) -> str:
    return f"manifests/{sha256}"
