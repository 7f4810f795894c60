"""What a believed order, stop or alert changes: memory, receipts, and what sounds. Decides no instant.

`number` is the speaker's number in the area that was addressed; None if it was addressed alone.
"""

from devices.protocol.bitmap import contains
from devices.protocol.errors import Conflicting, Malformed
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.control import Place
from devices.protocol.messages.orders import Play, Stop
from firmware_sim.alerts import all_done
from firmware_sim.books import Books
from firmware_sim.conductor import Conductor
from firmware_sim.entries import AlertEntry, AnyEntry, CancelEntry, PlayEntry
from firmware_sim.errors import NoSpace
from firmware_sim.orders import End
from firmware_sim.shelf import Shelf
from firmware_sim.trusted import Trusted
from firmware_sim.wants import is_far

DELIVERY = {"to", "only", "issued_at"}
"""Fields that may differ between two ways on which one order comes."""


class Intake:
    def __init__(self, books: Books, conductor: Conductor, shelf: Shelf, trusted: Trusted) -> None:
        self._trusted = trusted
        self._books = books
        self._memory = books.memory
        self._conductor = conductor
        self._shelf = shelf

    def on_play(self, play: Play, place: Place | None, by: str, now: int, mono: int) -> None:
        """A new order; the same again changes nothing, another one under the same name is Conflicting."""
        if not _is_meant(play, place):
            return
        known = self._memory.get((play.order, play.occurrence))
        if known is None:
            self._new_play(_play_entry(play, by), now, mono)
        elif isinstance(known, PlayEntry):
            if essence(known.play) != essence(play):
                raise Conflicting(order=play.order, occurrence=play.occurrence)
            self._vouch(known, by, mono)

    def on_stop(self, stop: Stop, place: Place | None, by: str, now: int, mono: int) -> None:
        """Silence at once; also for an order that never came, and without effect on one that has ended."""
        if not _is_meant(stop, place):
            return
        self._conductor.stop((stop.order, stop.occurrence), "cancelled", mono)
        known = self._memory.get((stop.order, stop.occurrence))
        if known is None:
            known = CancelEntry(order=stop.order, occurrence=stop.occurrence, expires_at=stop.expires_at, by=by)
        elif isinstance(known, CancelEntry) and self._trusted.outranks(by, known.by):
            known = known.model_copy(update={"by": by})
        self._cancel(known, now, mono)

    def on_alert(self, alert: Alert, place: Place | None, by: str, now: int, mono: int) -> None:
        """The highest revision counts; a lower one, or the same again, changes nothing."""
        if not _is_meant(alert, place):
            return
        known = self._memory.get((alert.alert, alert.alert))
        if known is not None and not isinstance(known, AlertEntry):
            raise Conflicting(alert=alert.alert)
        if known is not None and _content_of(known.alert) == _content_of(alert):
            self._vouch(known, by, mono)
        elif known is not None and alert.rev <= known.alert.rev and not known.doubted:
            return
        elif alert.action == "cancel":
            self._conductor.stop((alert.alert, alert.alert), "cancelled", mono)
            self._cancel(self._with(alert, by, now), now, mono)
        elif known is None or known.end != "cancelled" or known.doubted:
            self._sound(self._with(alert, by, now), now, mono)

    def on_blob(self, sha256: str, mono: int) -> None:
        """A blob is whole."""
        for entry in self._memory.active():
            if _content(entry) == sha256:
                self._books.have(entry, mono)
        self._conductor.look_again(mono)

    def on_no_blob(self, sha256: str, reason: str, now: int | None, mono: int) -> None:
        """A blob will never be whole here: refuse what needs it; an alert still has its tone, and for what starts
        much later there may be room by then."""
        for entry in self._memory.active():
            if not isinstance(entry, PlayEntry) or entry.play.sha256 != sha256 or entry.started:
                continue
            if reason != NoSpace.code or not is_far(entry, now):
                self._books.end(entry, End("refused", reason), mono)

    def _vouch(self, known: AnyEntry, by: str, mono: int) -> None:
        """The same again: what a newer key says, too, no longer hangs on the older one."""
        if known.doubted or self._trusted.outranks(by, known.by):
            self._memory.put(known.model_copy(update={"by": by, "doubted": False}))
            self._conductor.look_again(mono)

    def _new_play(self, entry: PlayEntry, now: int, mono: int) -> None:
        if not self._memory.has_room(PlayEntry, now):
            self._books.turn_away(entry, End("refused", "no_memory"), mono)
        elif now >= entry.expires_at:
            self._books.end(entry, End("expired", "late"), mono)
        else:
            self._take(entry, mono)

    def _sound(self, entry: AlertEntry, now: int, mono: int) -> None:
        if not self._memory.has_room(AlertEntry, now):
            self._books.turn_away(entry, End("refused", "no_memory"), mono)
        elif now >= entry.expires_at and entry.end is None and not entry.started:
            self._books.end(entry, End("expired", "late"), mono)
        else:
            self._take(entry, mono)
            if any(one.part == "speech" and one.sha256 != entry.alert.speech for one in entry.sounding):
                self._conductor.stop(entry.key, "replaced", mono)

    def _with(self, alert: Alert, by: str, now: int) -> AlertEntry:
        """The alert as it is known by now, with this revision."""
        known = self._memory.get((alert.alert, alert.alert))
        if not isinstance(known, AlertEntry):
            return _alert_entry(alert, by)
        return self._revised(known, alert, now).model_copy(update={"by": by, "doubted": False})

    def _revised(self, known: AlertEntry, alert: Alert, now: int) -> AlertEntry:
        """The alert with its new revision; one that had ended goes on only if there is something new to hear."""
        outdated = known.redo is not None and known.redo.part == "speech" and known.redo.sha256 != alert.speech
        update = {"alert": alert, "expires_at": alert.expires_at} | ({"redo": None} if outdated else {})
        revised = known.model_copy(update=update)
        over = alert.action == "cancel" or now >= alert.expires_at or all_done(revised)
        taken_back = known.end == "cancelled" and not known.doubted
        return revised if known.end is None or taken_back or over else self._books.reopened(revised)

    def _take(self, entry: PlayEntry | AlertEntry, mono: int) -> None:
        self._memory.put(entry)
        if entry.end is None and _content(entry) in self._shelf:
            self._books.have(entry, mono)
        self._conductor.look_again(mono)

    def _cancel(self, entry: AnyEntry, now: int, mono: int) -> None:
        """What is cancelled is silent by now. Flash never holds the cancel without the end: power may go between two
        writes, and the same revision, told again after it, would change nothing."""
        if entry.end:
            self._memory.put(entry)
        elif self._memory.get(entry.key) is None and not self._memory.has_room(type(entry), now):
            self._books.turn_away(entry, End("cancelled"), mono)
        else:
            self._books.end(entry, End("cancelled"), mono)
        self._books.note("cancel", mono, order=entry.order, occurrence=entry.occurrence)


def _is_meant(said: Play | Stop | Alert, place: Place | None) -> bool:
    """Whether it is for this speaker; Malformed for a bitmap that is none, or has no area."""
    if said.only is None:
        return place is None or place.since is None or said.issued_at >= place.since
    if place is None:
        raise Malformed(field="only", reason="no area")
    try:
        return contains(said.only, place.number)
    except ValueError as error:
        raise Malformed(field="only", reason="bitmap") from error


def essence(play: Play) -> dict[str, object]:
    """What two copies of one order must agree in."""
    return play.model_dump(exclude=DELIVERY)


def _content(entry: PlayEntry | AlertEntry) -> str | None:
    """The blob whose arrival makes the order playable as a whole."""
    if isinstance(entry, PlayEntry):
        return entry.play.sha256
    return entry.alert.tone if entry.alert.silent_speech else entry.alert.speech


def _content_of(alert: Alert) -> dict[str, object]:
    return alert.model_dump(exclude=DELIVERY)


def _play_entry(play: Play, by: str) -> PlayEntry:
    return PlayEntry(order=play.order, occurrence=play.occurrence, expires_at=play.expires_at, play=play, by=by)


def _alert_entry(alert: Alert, by: str) -> AlertEntry:
    return AlertEntry(order=alert.alert, occurrence=alert.alert, expires_at=alert.expires_at, alert=alert, by=by)
