"""What a stranger's speaker makes of a plan: section 15 of docs/protocol.md. Pure; us UTC."""

from dataclasses import dataclass

TWO_HOURS = 7_200_000_000
YEAR_2100 = 4_102_444_800_000_000


@dataclass(frozen=True)
class Air:
    """The rules of the air of one plan."""

    caps: tuple = ((0, 100),)
    runs_out: int = YEAR_2100
    budget: int | None = None
    midnights: tuple = ()

    def cap(self, at):
        if at >= self.runs_out:
            return 0
        return next((percent for begin, percent in reversed(self.caps) if begin <= at), self.caps[0][1])

    def silent_from(self, at):
        """The first instant from `at` on that is silent; the year 2100 if there is none."""
        return next((one for one in self._edges(at) if self.cap(one) == 0), YEAR_2100)

    def open_from(self, at):
        """The first instant from `at` on that is not; None."""
        return next((one for one in self._edges(at) if self.cap(one)), None)

    def day(self, at):
        """Begin and end of the day of an instant."""
        begin = max((one for one in self.midnights if one <= at), default=0)
        return begin, min((one for one in self.midnights if one > at), default=YEAR_2100)

    def _edges(self, at):
        return [at, *sorted(one for one in (*(begin for begin, _ in self.caps), self.runs_out) if one > at)]


UNBOUND = Air()


def air_of(plan):
    """The rules in force; none before the first plan."""
    if plan is None:
        return UNBOUND
    rules = plan["rules"]
    budget = rules["budget"] * 1_000 if "budget" in rules else None
    caps = tuple((cap["at"], cap["percent"]) for cap in rules["caps"])
    return Air(caps, plan["valid_to"], budget, tuple(rules.get("midnights", ())))


def orders_of(plan):
    """Each airing as the `play` that it stands for, with the earlier versions of it."""
    for airing in plan["airings"]:
        piece = plan["pieces"][airing["piece"]]
        said = {name: plan[name] for name in ("tenant", "to", "mode", "issued_at")} | {"type": "play"}
        said |= {"order": airing["order"], "occurrence": airing["order"], "start_at": airing["start_at"]}
        said |= {name: value for name, value in piece.items() if name in SHARED}
        yield said | {"expires_at": airing["start_at"] + piece["lives"] * 1_000}, airing.get("instead", [])


SHARED = ("sha256", "duration", "max_late", "rank", "volume", "repeats", "gap")


def chosen_ahead(plan, held, now):
    """Blobs that may be fetched before they are needed."""
    needed = [(airing["start_at"], plan["pieces"][airing["piece"]]) for airing in plan["airings"]]
    soon = {piece["sha256"] for start_at, piece in needed if not is_far(start_at, now)}
    chosen = {}
    for _, piece in sorted(needed, key=lambda one: one[0]):
        if piece["sha256"] not in soon | set(held) | set(chosen):
            if sum(chosen.values()) + piece["size"] > plan["stage"]:
                break
            chosen[piece["sha256"]] = piece["size"]
    return list(chosen)


def gone_of(plan, kept):
    """Blobs that must not be held any more; `kept`: those that clips and what is open name."""
    return [sha256 for sha256 in (plan or {}).get("gone", []) if sha256 not in kept]


def is_far(start_at, now):
    return now is None or start_at > now + TWO_HOURS


def within(stretches, day):
    """How much of them lies in a day."""
    return sum(max(0, min(end, day[1]) - max(begin, day[0])) for begin, end in stretches)
