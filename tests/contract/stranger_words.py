"""What a stranger's speaker says of itself: sections 8, 16 and 17 of docs/protocol.md."""

from tests.contract.stranger_reading import Refused

SECOND = 1_000_000


class Clock:
    """Section 8: UTC from a monotonic clock and signed answers."""

    def __init__(self, flash):
        self._flash = flash
        self._kept = []
        self._line = None

    @property
    def valid(self):
        return self._line is not None

    def forget(self):
        self._flash["floor"], self._kept, self._line = 0, [], None

    def learn(self, t1, t2, t3, t4):
        u, d = t2 - t1, t4 - t3
        offset, trip = (u - d) // 2, u + d
        if trip < 0:
            return
        if t4 + offset + trip // 2 < self._flash["floor"]:
            raise Refused("clock_below_floor")
        self._flash["floor"] = max(self._flash["floor"], t3)
        if self.valid and abs(offset - self._offset(t4)) > self.error(5 * t4 - 4 * self._line[0]) + trip // 2 + 1_000:
            self._kept, self._line = [], None
        old = [one for one in self._kept if one[0] < t4 - 3_600 * SECOND]
        self._kept = [*self._kept[min(len(old), max(0, len(self._kept) - 7)) :], (t4, u, d)]
        self.draw_line()

    def draw_line(self):
        newest = self._kept[-1][0]
        x = [one[0] - newest for one in self._kept]
        us, ds = [one[1] for one in self._kept], [one[2] for one in self._kept]
        level_u = level_d = [u + d for u, d in zip(us, ds, strict=True)]
        slope = 0.0
        for number in range(5):
            x_u, y_u, xx_u, xy_u = self._way(x, us, level_u)
            x_d, y_d, xx_d, xy_d = self._way(x, ds, level_d)
            known = xx_u + xx_d + 60e-6**-2
            before, slope = slope, (xy_u - xy_d) / known
            if number and abs((slope - before) * x[0]) < 100:
                break
            level_u = [u - slope * a for a, u in zip(x, us, strict=True)]
            level_d = [d + slope * a for a, d in zip(x, ds, strict=True)]
        up, down = y_u - slope * x_u, y_d + slope * x_d
        unsure = (3 / known) ** 0.5
        error = max(2_000, (up + down) / 2 - unsure * (x_u + x_d) / 2)
        self._line = (newest, (up - down) / 2, slope, error, min(50e-6, max(3e-6, unsure)))

    @staticmethod
    def _way(x, y, level):
        weights = [1 / (2_000 + one - min(level)) ** 2 for one in level]
        total, first = sum(weights), y[-1]
        mean_x = sum(w * a for w, a in zip(weights, x, strict=True)) / total
        mean_y = sum(w * (b - first) for w, b in zip(weights, y, strict=True)) / total
        triples = list(zip(weights, x, y, strict=True))
        xx = sum(w * (a - mean_x) ** 2 for w, a, _ in triples)
        xy = sum(w * (a - mean_x) * (b - first - mean_y) for w, a, b in triples)
        return mean_x, first + mean_y, xx, xy

    def _offset(self, mono):
        at, offset, slope, _, _ = self._line
        return int((offset + slope * (mono - at)) // 1)

    def error(self, mono):
        if not self._line:
            return 86_400 * SECOND
        at, _, _, error, wander = self._line
        return int(error + abs(mono - at) * wander)

    def utc(self, mono):
        return max(self._flash["floor"], mono + self._offset(mono)) if self._line else None


class Asking:
    """Section 8: bursts of questions."""

    def __init__(self, clock, say, later, draw_nonce, chance):
        self._clock = clock
        self._say = say
        self._later = later
        self._draw_nonce = draw_nonce
        self._chance = chance
        self._open = {}
        self._since = None
        self._empty = 0

    def connected(self, mono):
        self._open = {}
        if self._since is None:
            self._since = mono
        self._ask(mono, 8, True)

    def answered(self, said, mono):
        t1, first = self._open.pop(said["nonce"], (None, False))
        if t1 != said["t1"]:
            raise Refused("stale")
        if not first:
            self._clock.learn(t1, said["t2"], said["t3"], mono)

    def _ask(self, mono, left, first):
        nonce = self._draw_nonce()
        self._open[nonce] = (mono, first)
        while len(self._open) > 32:
            del self._open[next(iter(self._open))]
        self._say({"type": "time_request", "nonce": nonce, "t1": mono})
        if left > 1:
            self._later("ask", mono + SECOND // 5, lambda at: self._ask(at, left - 1, False))
        else:
            self._later("ask", mono + self._pause(mono), lambda at: self._ask(at, 5, True))

    def _pause(self, mono):
        if self._clock.valid:
            usual = 60 if mono - self._since < 1_200 * SECOND else 300
        else:
            usual = min(60, 5 * 2**self._empty)
            self._empty += 1
        return int(usual * SECOND * self._chance.uniform(0.8, 1.2))


class Receipts:
    """Section 16: numbered, kept, and said until they are acknowledged."""

    def __init__(self, flash, say, later, forget, chance):
        self._flash = flash
        self._say = say
        self._later = later
        self._forget = forget
        self._chance = chance
        self._connected = False
        self._sent = 0
        self._patience = 10 * SECOND

    @property
    def next(self):
        return self._flash["receipt"]

    @property
    def oldest(self):
        return min(self._flash["receipts"], default=self.next)

    def add(self, fields, mono):
        number = self._flash["receipt"]
        self._flash["receipts"][number] = fields | {"ledger": self._flash["ledger"], "n": number}
        self._flash["receipt"] += 1
        self._soon(mono)

    def connected(self, mono):
        self._connected, self._sent, self._patience = True, 0, 10 * SECOND
        self._soon(mono)

    def disconnected(self):
        self._connected = False

    def acknowledged(self, said, mono):
        if said["ledger"] != self._flash["ledger"] or not self.oldest <= said["through"] < self.next:
            return
        for number in range(self.oldest, said["through"] + 1):
            del self._flash["receipts"][number]
        self._patience = 10 * SECOND
        self._forget("resend")
        if self._flash["receipts"]:
            self._later("resend", mono + self._patience, self._resend)
            self._soon(mono)

    def _soon(self, mono):
        if self._connected:
            self._later("receipts", mono + int(self._chance.uniform(0, SECOND // 2)), self._send)

    def _send(self, mono):
        for number, fields in sorted(self._flash["receipts"].items()):
            if self._sent < number < self.oldest + 32:
                self._say(fields)
                self._sent = number
        if self._flash["receipts"]:
            wait = int(self._patience * self._chance.uniform(0.8, 1.2))
            self._later("resend", mono + wait, self._resend, keep=True)

    def _resend(self, mono):
        if self._connected and self._flash["receipts"]:
            self._sent = 0
            self._patience = min(300 * SECOND, self._patience * 2)
            self._send(mono)


class Reports:
    """Section 17: the first at once, then counted."""

    def __init__(self, say, later):
        self._say = say
        self._later = later
        self._counts = {}
        self._connected = False

    def connected(self, mono):
        self._connected = True
        for code in list(self._counts):
            self._tell(code, mono)

    def disconnected(self):
        self._connected = False

    def add(self, code, about, mono):
        if code not in self._counts and len(self._counts) >= 32:
            code = "others"
        count, _, next_at = self._counts.get(code, (0, "", 0))
        self._counts[code] = (min(1_000_000, count + 1), about[:200], next_at)
        if mono >= next_at:
            self._tell(code, mono)

    def _tell(self, code, mono):
        count, about, _ = self._counts[code]
        if not self._connected:
            return
        if not count:
            del self._counts[code]
            return
        self._say({"type": "report", "code": code, "count": count, "about": about})
        self._counts[code] = (0, about, mono + 10 * SECOND)
        self._later(f"report {code}", mono + 10 * SECOND, lambda at: self._tell(code, at))
