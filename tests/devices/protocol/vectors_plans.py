"""Test vectors about plans: the orders that airings stand for, and the rules of the air at instants that matter."""

import json

from devices.protocol.codec import to_json
from firmware_sim.airings import entries
from firmware_sim.airrules import NEVER, AirRules, rules_of
from tests.devices.protocol.samples import DAY, HOUR, NOW, PLACES, plan, signed


def plans() -> dict:
    """The good plan, and what follows from it."""
    air = rules_of(plan())
    told = [_at(air, NOW + hour * HOUR) for hour in (-30, 0, 1, 2, 3, 7, 31)]
    return {
        "topic": PLACES["plan"],
        "bytes": signed(plan()).decode(),
        "orders": [_order(entry.play) for entry in entries(plan())],
        "air": [*told, _at(air, NOW + 2 * DAY - 1), _at(air, NOW + 2 * DAY)],
    }


def _order(play) -> dict:
    fields = json.loads(to_json(play))
    return {name: value for name, value in fields.items() if name not in {"to", "only", "issued_at"}}


def _at(air: AirRules, at: int) -> dict:
    silent, opens = air.silent_from(at), air.open_from(at)
    begin, end = air.day(at)
    return {
        "at": at,
        "cap": air.cap(at),
        "silent_from": None if silent == NEVER else silent,
        "open_from": opens,
        "day": [begin or None, None if end == NEVER else end],
    }
