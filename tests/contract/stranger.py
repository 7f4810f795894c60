"""A loudspeaker written from docs/protocol.md alone: what the page does not say, this speaker does not know.

It imports nothing of ours. `Stranger` is a machine without I/O that says what it wants through `emit`;
`run` points it at a broker. It swallows its sound, and believes a manifest about its length.
"""

import random
import secrets
import time
import uuid

from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv311

from tests.contract import stranger_planning as planning
from tests.contract.stranger_fetching import TABLE, Fetching
from tests.contract.stranger_playing import Playing
from tests.contract.stranger_reading import BY, Belief, Refused, bit, is_newer, read_topic, to_bytes, to_text, write
from tests.contract.stranger_words import Asking, Clock, Receipts, Reports

SECOND = 1_000_000


def empty_flash(ledger):
    """What a new speaker remembers."""
    plain = {
        "ledger": ledger,
        "trust": None,
        "config": {},
        "config_raw": b"",
        "plan": None,
        "plan_raw": b"",
        "floor": 0,
        "floor_by": "",
        "receipt": 1,
    }
    stores = {"receipts": {}, "blobs": {}, "manifests": {}, "chunks": {}, "tasks": {}}
    return plain | stores | {"sounding": None, "restarted": [], "heard": [], "ahead": []}


class Stranger:
    """`secret`: its Ed25519 seed. `flash` survives it: give it to the next one, as after a power cut."""

    def __init__(self, birth, secret, emit, *, flash=None, boot=None, draw_nonce=None, chance=None):
        self.birth, self.device = birth, birth["device"]
        self.flash = flash if flash is not None else empty_flash(str(uuid.uuid4()))
        self.boot = boot or str(uuid.uuid4())
        self.believes = Belief(birth["tenant"], birth["root"])
        for raw in filter(None, (birth.get("trust"), self.flash["trust"])):
            self.believes.learn(raw.encode())
        self.clock = Clock(self.flash)
        self._secret, self._emit = secret, emit
        self._root = f"loa/1/{birth['tenant']}"
        self._chance = chance or random.Random()
        self._timers = {}
        self._filters = {}
        self._keyless, self._timeless = [], []
        self._hello_due = False
        self._plan_said, self._plan_pause = None, 0
        self._mono = 0
        self._assemble(draw_nonce or (lambda: to_text(secrets.token_bytes(16))))

    def _assemble(self, draw_nonce):
        later, chance = self._later, self._chance
        request = f"{self._root}/time/req/{self.device}"
        ask = lambda said: self._publish(request, write(said), 0)  # noqa: E731
        self._asking = Asking(self.clock, ask, later, draw_nonce, chance)
        self._receipts = Receipts(
            self.flash, lambda said: self._say("receipt", said), later, self._cancel_timer, chance
        )
        self._reports = Reports(lambda said: self._say("log", said), later)
        believes = self.believes
        self._playing = Playing(
            self.flash, self.clock, self._config, believes.outranks, self._receipts.add, later, self._want
        )
        self._fetching = Fetching(self.flash, self._blob_topic, self._emit, later, chance, self.clock.utc, self._held)

    # Time passes

    def next_wake(self):
        return min((at for at, _ in self._timers.values()), default=None)

    def wake(self, mono):
        """Do all that is due."""
        self._mono = mono
        while self._timers:
            name = min(self._timers, key=lambda one: self._timers[one][0])
            if self._timers[name][0] > mono:
                return
            self._timers.pop(name)[1](mono)

    def _later(self, name, at, do, keep=False):
        if not (keep and name in self._timers):
            self._timers[name] = (at, do)

    def _cancel_timer(self, name):
        self._timers.pop(name, None)

    # Section 2

    def will(self):
        """Topic and payload of the last will."""
        return f"{self._root}/dev/{self.device}/up/state", self._state(False)

    def connected(self, mono):
        self._mono = mono
        self._filters = {f"dev/{self.device}/down/#": 1, "trust": 1, f"time/rsp/{self.device}": 0}
        self._filters |= {f"area/{area}/#": 1 for area in self._areas()}
        for name in self._filters:
            self._ask_filter(name, mono, 0)
        self._publish(self.will()[0], self._state(True), 1, True)
        self._hello_due = True
        self._later("hello", mono + 2 * SECOND, self._hello)
        for part in (self._asking, self._reports, self._receipts, self._fetching):
            part.connected(mono)
        self._later("health", mono + int(self._chance.uniform(0, self._heartbeat()) * SECOND), self._health)
        self._want(mono)

    def disconnected(self, mono):
        for name in [name for name in self._timers if name != "sound"]:
            del self._timers[name]
        for part in (self._receipts, self._reports, self._fetching):
            part.disconnected()
        self._filters, self._plan_said = {}, None
        self.wake(mono)

    def granted(self, topic, ok, mono):
        """The broker answered a SUBSCRIBE."""
        name = topic.removeprefix(self._root + "/")
        if ok:
            self._cancel_timer(f"filter {name}")
            if name == f"dev/{self.device}/down/#" and self._hello_due:
                self._hello(mono)
        elif name in self._filters:
            self._ask_again(name, mono, 1)
        elif name.startswith("blob/"):
            _, sha256, piece = name.split("/")
            self._fetching.refused(sha256, TABLE if piece == "m" else int(piece), mono)

    def _ask_filter(self, name, mono, failures):
        if name in self._filters:
            self._emit({"out": "subscribe", "topic": f"{self._root}/{name}", "qos": self._filters[name]})
            self._later(f"filter {name}", mono + 10 * SECOND, lambda at: self._ask_again(name, at, failures + 1))

    def _ask_again(self, name, mono, failures):
        self._emit({"out": "unsubscribe", "topic": f"{self._root}/{name}"})
        pause = min(60, 2 ** (failures - 1)) * SECOND * self._chance.uniform(0.5, 1)
        self._later(f"filter {name}", mono + int(pause), lambda at: self._ask_filter(name, at, failures))

    # What comes in: section 5

    def message(self, topic, raw, mono):
        self._mono = mono
        if raw:
            try:
                self._read(topic, raw, mono)
            except Refused as refused:
                self._reports.add(refused.code, topic, mono)
        self.wake(mono)

    def _read(self, topic, raw, mono):
        place, names = read_topic(topic, self.birth["tenant"])
        if not self._is_mine(place, names):
            raise Refused("wrong_place")
        if place == "trust":
            if self.believes.learn(raw):
                self.flash["trust"] = raw.decode()
                self._revoke(mono)
                self._read_again(self._keyless, mono)
        elif place == "chunk":
            self._fetching.chunk(names[0], int(names[1]), raw, mono)
        else:
            self._read_signed(topic, raw, place, names, mono)

    def _revoke(self, mono):
        """Section 7: what hangs on a key that is not named is given up."""
        flash, names = self.flash, lambda kid: kid in self.believes.keys
        plan, config = flash["plan"], flash["config"]
        lost = self._playing.revoke(names, plan and plan[BY], mono)
        if plan and not names(plan[BY]):
            flash["plan"], flash["plan_raw"], self._plan_said, lost = None, b"", None, True
            self._cancel_timer("plan")
        if config.get("seq") and not names(config[BY]):
            flash["config"], flash["config_raw"], lost = config | {"seq": 0}, b"", True
        if flash["floor"] and not names(flash["floor_by"]):
            self.clock.forget()
            self._asking.connected(mono)
            lost = True
        for sha256 in [sha256 for sha256, said in flash["manifests"].items() if not names(said[BY])]:
            self._fetching.mistrust(sha256, mono)
        if lost and not self._hello_due:
            self._later("hello", mono + int(self._chance.uniform(2, 10) * SECOND), self._hello)

    def _is_mine(self, place, names):
        if place.startswith("area/"):
            return names[0] in self._areas()
        if place.startswith("down/") or place == "time":
            return names[0] == self.device
        return place not in {"up", "asks"}

    def _read_signed(self, topic, raw, place, names, mono):
        now = self.clock.utc(mono)
        try:
            said, content = self.believes.verify(raw, place, names, now)
        except Refused as refused:
            if refused.code != "unknown_key" or place in {"manifest", "time"}:
                raise
            self._wait(self._keyless, (topic, raw), "unknown_key", mono)
            self._later(f"key {hash(raw)}", mono + 10 * SECOND, lambda at: self._give_up(topic, raw, at))
            return
        if said["type"] in {"play", "stop", "alert"} and now is None:
            self._wait(self._timeless, (topic, raw), "no_time", mono)
            return
        self._believe(said, content, names[0] if place.startswith("area/") else None, now, mono)

    def _wait(self, letters, letter, code, mono):
        if letter not in letters:
            letters.append(letter)
        if len(letters) > 32:
            self._reports.add(code, letters.pop(0)[0], mono)

    def _give_up(self, topic, raw, mono):
        if (topic, raw) in self._keyless:
            self._keyless.remove((topic, raw))
            self._reports.add("unknown_key", topic, mono)

    def _read_again(self, letters, mono):
        waiting = list(letters)
        letters.clear()
        for topic, raw in waiting:
            self.message(topic, raw, mono)

    def _believe(self, said, content, area, now, mono):
        match said["type"]:
            case "manifest":
                self._fetching.table(said, mono)
            case "time_answer":
                self._asking.answered(said, mono)
                self.flash["floor_by"] = said[BY]
                if self.clock.valid:
                    self._read_again(self._timeless, mono)
                    self._want(mono)
                    self._playing.look(mono)
            case "ack":
                self._receipts.acknowledged(said, mono)
            case "config":
                self._configure(said, content, mono)
            case "plan":
                self._plan(said, content, now, mono)
            case kind if self._is_named(said, area):
                act = {"play": self._playing.on_play, "stop": self._playing.on_stop, "alert": self._playing.on_alert}
                act[kind](said, now, mono)

    def _is_named(self, said, area):
        if "only" not in said:
            return area is None or said["issued_at"] >= self._since()[area]
        if area is None:
            raise Refused("malformed")
        return bit(said["only"], self._areas()[area])

    # Sections 9 and 10

    def _config(self, name, default):
        return self.flash["config"].get(name, default)

    def _heartbeat(self):
        return self._config("heartbeat", 60)

    def _areas(self):
        return {place["area"]: place["number"] for place in self._config("places", [])}

    def _since(self):
        return {place["area"]: place.get("since", 0) for place in self._config("places", [])}

    def _configure(self, said, content, mono):
        if not is_newer(self._config("seq", 0), self.flash["config_raw"], said["seq"], content):
            self._say_too("config", said)
            return
        self.flash["config"], self.flash["config_raw"] = said, content
        areas = {f"area/{area}/#" for area in self._areas()}
        for name in [name for name in self._filters if name.startswith("area/") and name not in areas]:
            del self._filters[name]
            self._cancel_timer(f"filter {name}")
            self._emit({"out": "unsubscribe", "topic": f"{self._root}/{name}"})
        for name in areas - set(self._filters):
            self._filters[name] = 1
            self._ask_filter(name, mono, 0)
        self._want(mono)
        self._playing.look(mono)

    def _blob_topic(self, sha256, piece):
        return f"{self._root}/blob/{sha256}/{'m' if piece == TABLE else piece}"

    def _want(self, mono):
        now = self.clock.utc(mono)
        clips = dict.fromkeys(self._config("clips", {}).values(), (True, None))
        self._fetching.want(self._playing.wanted(now) | clips, mono)
        for sha256 in self._gone():
            self._fetching.erase(sha256)
        near = None if now is None else self._playing.next_near(now)
        if near is not None:
            self._later("near", mono + near - now, self._want)
        self._plan_changed(mono)

    def _held(self, _, mono):
        self._playing.on_held(mono)
        self._plan_changed(mono)

    # Section 15

    def _plan(self, said, content, now, mono):
        if is_newer(self._plan_seq(), self.flash["plan_raw"], said["seq"], content):
            self.flash["plan"], self.flash["plan_raw"] = said, content
            conflict = lambda order: self._reports.add("conflicting", order, mono)  # noqa: E731
            self._playing.on_plan(said, conflict, now, mono)
        else:
            self._say_too("plan", said)
        if self._plan_said is None or self._plan_said[0] != said["seq"]:
            self._plan_said = said["seq"], None
            self._plan_changed(mono)

    def _say_too(self, name, said):
        if self.believes.outranks(said[BY], self.flash[name][BY]):
            self.flash[name][BY] = said[BY]

    def _gone(self):
        kept = self._playing.named() | set(self._config("clips", {}).values())
        return planning.gone_of(self.flash["plan"], kept)

    def _plan_seq(self):
        return self.flash["plan"]["seq"] if self.flash["plan"] else 0

    def _plan_changed(self, mono):
        if self._plan_said is not None:
            soon = max(mono, self._plan_pause) + int(self._chance.uniform(0, 5 * SECOND))
            self._later("plan", soon, self._answer_plan, keep=True)

    def _answer_plan(self, mono):
        missing = self._playing.missing()[:128]
        gone = [sha256 for sha256 in self._gone() if not self._fetching.holds(sha256)]
        if self._plan_said != (self._plan_seq(), missing, gone):
            self._plan_said, self._plan_pause = (self._plan_seq(), missing, gone), mono + 10 * SECOND
            fields = {"type": "plan_ack", "seq": self._plan_seq(), "missing": missing, "gone": gone, "free": 10**7}
            self._say("ack", fields | {"clock_error": self.clock.error(mono + 86_400 * SECOND)})

    # What it says: section 17

    def _state(self, online):
        return write({"type": "state", "online": online, "boot": self.boot})

    def _hello(self, mono):
        self._hello_due = False
        self._cancel_timer("hello")
        receipts, opened = self._receipts, [task.key[1] for task in self._playing.open() if not task.doubted]
        fields = {"boot": self.boot, "ledger": self.flash["ledger"], "model": "stranger", "firmware": "1"}
        fields |= {"config_seq": self._config("seq", 0), "trust_seq": self.believes.seq, "plan_seq": self._plan_seq()}
        fields |= {"next_receipt": receipts.next, "unacknowledged": receipts.oldest}
        fields |= {"open_orders": opened[:256], "blobs": list(self.flash["blobs"])[:256]}
        fields |= {"clock_valid": self.clock.valid, "clock_error": self.clock.error(mono)}
        self._say("hello", {"type": "hello"} | fields)

    def _health(self, mono):
        playing = self._playing.sounds_now
        fields = {"type": "health", "boot": self.boot, "uptime": mono // SECOND, "volume": self._config("volume", 100)}
        fields |= {"temperature": 30, "supply": 12.0, "signal": -70, "flash_free": 10**7}
        fields |= {"clock_error": self.clock.error(mono)} | ({"playing": playing} if playing else {})
        self._publish(f"{self._root}/dev/{self.device}/up/health", write(fields), 0)
        self._later("health", mono + self._heartbeat() * SECOND, self._health)

    def _say(self, leaf, said):
        now = self.clock.utc(self._mono) or 0
        claims = {"tenant": self.birth["tenant"], "to": "controller", "mode": "live", "issued_at": now}
        self._publish(f"{self._root}/dev/{self.device}/up/{leaf}", write(claims | said, self._secret), 1)

    def _publish(self, topic, payload, qos, retained=False):
        self._emit({"out": "publish", "topic": topic, "bytes": payload, "qos": qos, "retained": retained})


def run(birth, secret, host, port, until, flash=None, **credentials):
    """Connect a stranger to a broker and serve it until `until()` is true; gives its flash.

    `birth`: what the registration answered with; `secret`: 32 bytes, base64url.
    """
    client = Client(CallbackAPIVersion.VERSION2, client_id=birth["device"], clean_session=True, protocol=MQTTv311)
    asked = {}

    def emit(step):
        if step["out"] == "publish":
            client.publish(step["topic"], step["bytes"], step["qos"], step["retained"])
        elif step["out"] == "subscribe":
            asked[client.subscribe(step["topic"], step["qos"])[1]] = step["topic"]
        else:
            client.unsubscribe(step["topic"])

    def granted(_client, _userdata, mid, codes, _properties):
        if mid in asked:
            stranger.granted(asked.pop(mid), not codes[0].is_failure, _mono())

    stranger = Stranger(birth, to_bytes(secret), emit, flash=flash)
    client.on_connect = lambda *_: stranger.connected(_mono())
    client.on_message = lambda _, __, found: stranger.message(found.topic, bytes(found.payload), _mono())
    client.on_subscribe = granted
    client.on_disconnect = lambda *_: stranger.disconnected(_mono())
    client.will_set(*stranger.will(), qos=1, retain=True)
    if credentials:
        client.username_pw_set(**credentials)
    client.connect(host, port, keepalive=30)
    while not until():
        wake = stranger.next_wake()
        client.loop(0.05 if wake is None else min(0.05, max(0.0, (wake - _mono()) / SECOND)))
        stranger.wake(_mono())
    client.disconnect()
    return stranger.flash


def _mono():
    return time.monotonic_ns() // 1_000
