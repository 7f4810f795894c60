"""How a stranger's speaker plays, stops and accounts for it: sections 11 to 16 and 18 of docs/protocol.md."""

from tests.contract import stranger_planning as planning
from tests.contract import stranger_sound as sound
from tests.contract.stranger_reading import BY, Refused

SECOND = 1_000_000
ENDS = ("played", "failed", "refused", "expired", "cancelled")


class Playing:
    """`flash` holds `tasks` (all orders it knows), `sounding` (what sounds now), `restarted`, and what was `heard`.

    `config` gives a field of the configuration, `add_receipt` keeps one, `changed` hears that other blobs may
    be needed.
    """

    def __init__(self, flash, clock, config, outranks, add_receipt, later, changed):
        self._flash = flash
        self._outranks = outranks
        self._clock = clock
        self._config = config
        self._add_receipt = add_receipt
        self._later = later
        self._changed = changed
        self._recover()

    @property
    def sounds_now(self):
        """The occurrence that sounds; None."""
        return self._flash["sounding"][0][1] if self._flash["sounding"] else None

    def open(self):
        return [task for task in self._flash["tasks"].values() if task.end is None]

    def wanted(self, now):
        """Blob to (urgent, due)."""
        found = {}
        for task in self.open():
            said = task.said
            if task.planned and planning.is_far(said["start_at"], now) and said["sha256"] not in self._flash["ahead"]:
                continue
            blobs = (said.get("speech"), said["tone"]) if task.is_alert else (said["sha256"],)
            for blob in filter(None, blobs):
                found.setdefault(blob, (task.is_alert, said["start_at"]))
        return found

    def named(self):
        """Blobs of all that is open."""
        fields = ("sha256", "tone", "speech")
        return {task.said[name] for task in self.open() for name in fields if name in task.said}

    # What is said to it

    def on_play(self, said, now, mono):
        known = self._flash["tasks"].get((said["order"], said["occurrence"]))
        if known is not None:
            if known.said["type"] == "play" and _essence(known.said) != _essence(said):
                raise Refused("conflicting")
            if known.said["type"] == "play":
                self._say_too(known, said, mono)
            return
        task = sound.Task(said)
        self._flash["tasks"][task.key] = task
        if now >= said["expires_at"]:
            self._end(task, "expired", "late", mono)
        else:
            self._take(task, mono)

    def on_plan(self, plan, conflict, now, mono):
        """A plan that was just taken; `conflict` hears of an airing whose name stands for something else."""
        self._flash["ahead"] = planning.chosen_ahead(plan, self._flash["blobs"], now)
        named = {airing["order"] for airing in plan["airings"]}
        for task in self.open():
            if task.planned and task.key[0] not in named and task.said["expires_at"] > plan["issued_at"]:
                self._silence(task, mono)
        for said, instead in planning.orders_of(plan):
            self._on_airing(said | {BY: plan[BY]}, instead, conflict, now, mono)
        self._bind_what_sounds(now)
        self.look(mono)
        self._changed(mono)

    def missing(self):
        """Blobs of airings to come that are not held, the first one needed first."""
        coming = sorted((task for task in self.open() if task.planned), key=lambda task: task.said["start_at"])
        blobs = dict.fromkeys(task.said["sha256"] for task in coming)
        return [blob for blob in blobs if blob not in self._flash["blobs"]]

    def next_near(self, now):
        """When the audio of another airing is needed; None."""
        starts = [task.said["start_at"] for task in self.open() if task.planned]
        return min((at - planning.TWO_HOURS for at in starts if planning.is_far(at, now)), default=None)

    def _on_airing(self, said, instead, conflict, now, mono):
        try:
            self.on_play(said, now or 0, mono)
        except Refused:
            conflict(said["order"])
            return
        task = self._flash["tasks"][said["order"], said["occurrence"]]
        task.planned, task.instead = True, instead
        if task.end is None and self._other_version(task):
            self._end(task, "refused", "other_version", mono)

    def _other_version(self, task):
        versions = [self._flash["tasks"].get((name, name)) for name in task.instead]
        return not task.begun and any(version is not None and version.begun for version in versions)

    def _bind_what_sounds(self, now):
        """A new plan may bring a silence over it."""
        playing = self._flash["sounding"]
        if playing and now is not None and not self._flash["tasks"][playing[0]].is_alert:
            playing[1].until = min(playing[1].until, self._air().silent_from(max(now, playing[1].at)))

    def _air(self):
        return planning.air_of(self._flash["plan"])

    def _fits(self, task, at, now):
        """Whether the day has room for all of it."""
        air, trim = self._air(), self._config("trim", 0)
        if air.budget is None:
            return True
        spans = []
        for other in self._flash["tasks"].values():
            spans += [(begin, begin + heard) for begin, heard in other.aired]
            if other.begun and not other.end and other.said["type"] == "play":
                spans += sound.rest_of_bulletin(other, trim, self._sounds_since(other, now))
        wanted = task.said["repeats"] * task.said["duration"] * 1_000
        return planning.within(spans, air.day(at)) + wanted <= air.budget

    def _sounds_since(self, task, now):
        return self._flash["sounding"][1].at if self._sounds(task) else now

    def on_stop(self, said, _now, mono):
        key = (said["order"], said["occurrence"])
        self._silence(self._flash["tasks"].setdefault(key, sound.Task(said)), mono)

    def on_alert(self, said, now, mono):
        key = (said["alert"],) * 2
        task = self._flash["tasks"].get(key)
        if task is None:
            task = self._flash["tasks"][key] = sound.Task(said)
        elif _essence(task.said) == _essence(said):
            self._say_too(task, said, mono)
            return
        elif (said["rev"] <= task.said["rev"] or task.end == "cancelled") and not task.doubted:
            return
        else:
            self._revise(task, said, mono)
        if said["action"] == "cancel":
            self._silence(task, mono)
        elif now >= said["expires_at"] and task.end is None and not task.begun:
            self._end(task, "expired", "late", mono)
        else:
            self._take(task, mono)

    def on_held(self, mono):
        """Another blob is whole."""
        for task in self.open():
            self._have(task, mono)
        self.look(mono)

    def look(self, mono):
        self._later("sound", mono, self._sound)

    def _take(self, task, mono):
        if task.end is None:
            self._have(task, mono)
        self._changed(mono)
        self.look(mono)

    def _have(self, task, mono):
        if not task.have and task.blob in self._flash["blobs"]:
            task.have = True
            self._receipt(task, "have", "none", mono)

    def _revise(self, task, said, mono):
        speech, playing = said.get("speech"), self._flash["sounding"]
        if playing and playing[0] == task.key and playing[1].part == "speech" and playing[1].sha256 != speech:
            self._close(self._clock.utc(mono), "replaced")
        was_doubted, task.doubted, task.said = task.doubted, False, said
        if was_doubted and task.end == "cancelled" and said["action"] == "sound":
            task.end, task.have = None, False
        over = said["action"] == "cancel" or self._clock.utc(mono) >= said["expires_at"]
        if task.end and not over and speech not in {None, *(sha256 for _, _, sha256, *_ in task.done)}:
            task.end, task.have = None, False

    # Section 7

    def revoke(self, names, plan_by, mono):
        """Give up what hangs on keys that are not named; whether there was anything."""
        given_up = False
        for key, task in list(self._flash["tasks"].items()):
            by = plan_by if task.planned else task.said.get(BY)
            if task.doubted or names(by):
                continue
            given_up = True
            task.doubted = task.begun or (task.end is not None and task.said["type"] != "stop")
            if not task.doubted:
                del self._flash["tasks"][key]
        self._later("doubt", mono + 5 * SECOND, self._hush)
        self._changed(mono)
        self.look(mono)
        return given_up

    def _hush(self, mono):
        playing = self._flash["sounding"]
        if playing and self._flash["tasks"][playing[0]].doubted:
            self._close(self._clock.utc(mono) or playing[1].at, "revoked")
        self.look(mono)

    def _say_too(self, task, said, mono):
        """The same again: a newer key's word outlives the older one's."""
        if task.doubted or self._outranks(said[BY], task.said.get(BY)):
            task.said, task.doubted = task.said | {BY: said[BY]}, False
            self.look(mono)

    def _silence(self, task, mono):
        """At once; its one end, if it has none."""
        if self._sounds(task):
            self._close(self._clock.utc(mono), "cancelled")
        if task.end is None:
            self._end(task, "cancelled", "none", mono)
        self.look(mono)

    # Who sounds when

    def _sound(self, mono):
        """Close what is over, end what has ended, begin what is due, and be woken for the rest."""
        now = self._clock.utc(mono)
        if now is None:
            return
        playing = self._flash["sounding"]
        if playing and now >= playing[1].until:
            self._close(playing[1].until, None)
        wakes = [at for task in self.open() for at in self._settle(task, now, mono)]
        wakes += [at for task in sorted(self.open(), key=self._precedence) for at in self._begin(task, now, mono)]
        if self._flash["sounding"]:
            wakes.append(self._flash["sounding"][1].until)
        if wakes:
            self._later("sound", mono + max(1, min(wakes) - now), self._sound)

    def _settle(self, task, now, mono):
        """Its end, if it has come; else when to ask again."""
        if self._sounds(task):
            return []
        trim, held = self._config("trim", 0), self._flash["blobs"]
        if task.is_alert:
            end, deadline = sound.end_of_alert(task, held, now), task.said["expires_at"]
        else:
            air = self._air()
            end = sound.end_of_bulletin(task, trim, now, task.said["sha256"] in held, air)
            if not end and self._other_version(task):
                end = "refused", "other_version"
            silent = air.silent_from(max(now, task.said["start_at"] + trim))
            deadline = sound.over(task, trim) if task.begun else min(silent, sound.latest(task.said, trim) + 1)
        if not end:
            return [deadline]
        self._end(task, *end, mono)
        return [now]

    def _precedence(self, task):
        return -task.rank, not self._mid_cycle(task), not task.begun, task.said["start_at"], task.key[0]

    def _mid_cycle(self, task):
        if not task.is_alert or not task.begun:
            return False
        coming = sound.next_of_alert(task, self._flash["blobs"], self._lengths(), 0, 0)
        return coming is not None and coming.part == "speech"

    def _lengths(self):
        return {sha256: ms * 1_000 for sha256, ms in self._flash["blobs"].items()}

    def _begin(self, task, now, mono):
        """Begin its next stretch if it is time; when to look again."""
        if self._sounds(task) or task.doubted:
            return []
        free = self._free_from(task, now)
        stretch = None if free is None else self._next(task, free)
        if stretch is None:
            return [now + SECOND] if free is None else []
        if stretch.at > now:
            return [stretch.at]
        if not task.is_alert and not task.begun and not self._fits(task, stretch.at, now):
            self._end(task, "refused", "budget", mono)
            return [now]
        if self._flash["sounding"]:
            self._close(now, "preempted")
        self._flash["sounding"] = (task.key, stretch)
        task.origin = stretch.origin
        if task.first is None:
            task.first = stretch.at
            self._receipt(task, "playing", "none", mono)
        return []

    def _next(self, task, earliest):
        trim, held = self._config("trim", 0), self._flash["blobs"]
        if task.is_alert:
            return sound.next_of_alert(task, held, self._lengths(), trim, earliest)
        return sound.next_of_bulletin(task, trim, earliest, self._air()) if task.said["sha256"] in held else None

    def _free_from(self, task, now):
        """From when it may sound, as far as others let it; None: nobody knows yet."""
        free = now
        for other in self.open():
            if other is task or other.rank < task.rank or not other.begun:
                continue
            if other.doubted and not self._sounds(other):
                continue
            if not other.is_alert:
                free = max(free, sound.over(other, self._config("trim", 0)))
            elif self._sounds(other):
                free = max(free, self._flash["sounding"][1].until)
            elif self._holds(other, task, now):
                return None
        return free

    def _holds(self, other, task, now):
        if task.is_alert:
            return self._mid_cycle(other)
        trim = self._config("trim", 0)
        return sound.keeps_others_silent(other, self._flash["blobs"], self._lengths(), trim, now)

    def _sounds(self, task):
        return self._flash["sounding"] is not None and self._flash["sounding"][0] == task.key

    def _close(self, now, why):
        """The amplifier closes; `why` it was cut short, if it was."""
        key, stretch = self._flash["sounding"]
        self._flash["sounding"] = None
        task = self._flash["tasks"][key]
        heard = max(0, min(now, stretch.until) - stretch.at)
        length = self._flash["blobs"].get(stretch.sha256, 0) * 1_000
        if why is None and stretch.offset + heard < length - 1_000:
            why = "expired" if task.is_alert or self._air().cap(stretch.until) else "quiet_hours"
        if why and task.flaw == "partial":
            task.flaw = why
        task.last = stretch.at + heard
        task.heard += heard
        if not task.is_alert:
            task.aired.append((stretch.at, heard))
        task.mark = max(task.mark, stretch.at - stretch.origin + heard)
        self._flash["heard"].append((key, stretch, heard, why or "finished"))
        again = (key, stretch.repeat, stretch.part)
        if why == "power_cut" and task.is_alert and again not in self._flash["restarted"]:
            self._flash["restarted"].append(again)
        elif task.is_alert:
            task.done.append((stretch.repeat, stretch.part, stretch.sha256, heard, length))

    def _end(self, task, state, reason, mono):
        self._receipt(task, state, reason, mono)
        task.end = state
        self._changed(mono)

    def _recover(self):
        """After a power cut: nothing of what sounded is surely heard."""
        if self._flash["sounding"]:
            self._close(self._flash["sounding"][1].at, "power_cut")

    # What it says of it

    def _receipt(self, task, state, reason, mono):
        said = task.said
        fields = {"type": "receipt", "order": task.key[0], "occurrence": task.key[1], "state": state, "reason": reason}
        fields |= {"heard": task.heard // 1_000, "expected": self._expected(task), "restarts": self._restarts(task)}
        if task.begun:
            fields |= {"started_at": task.first, "sha256": said.get("speech") or said.get("tone") or said["sha256"]}
        if task.last is not None and state in ENDS:
            fields |= {"ended_at": task.last}
        fields |= {"issued_at": self._clock.utc(mono) or 0, "clock_error": self._clock.error(mono)}
        self._add_receipt(fields, mono)

    def _restarts(self, task):
        return sum(key == task.key for key, *_ in self._flash["restarted"])

    def _expected(self, task):
        said = task.said
        if said["type"] == "play":
            return said["repeats"] * said["duration"]
        if said["type"] == "stop":
            return 0
        tone = self._flash["blobs"].get(said["tone"], 0)
        return said["repeats"] * (tone + said.get("speech_duration", 0))


def _essence(said):
    return {name: value for name, value in said.items() if name not in {"to", "only", "issued_at", BY}}
