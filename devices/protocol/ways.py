"""How each type of message travels: where, which way, with what promise. The one table behind every description."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Way:
    """`topics` stand below `loa/1/{tenant}/`; what is retained is so on the first of them."""

    topics: tuple[str, ...]
    down: bool
    """From the controller to the speaker."""
    qos: int
    retained: bool
    purpose: str


_DOWN, _UP = True, False
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "trust": Way(("trust",), _DOWN, 1, True, "which keys may sign what"),
        "config": Way(
            ("dev/{device}/down/config",), _DOWN, 1, True, "areas heard, number in each, limits, clips to hold"
        ),
        "manifest": Way(("blob/{sha256}/m",), _DOWN, 1, True, "table of contents of a piece of audio"),
        "play": Way(("area/{area}/order", "dev/{device}/down/order"), _DOWN, 1, False, "play a bulletin at an instant"),
        "stop": Way(("area/{area}/order", "dev/{device}/down/order"), _DOWN, 1, False, "cancel a bulletin"),
        "plan": Way(
            ("dev/{device}/down/plan",),
            _DOWN,
            1,
            True,
            "what to say in the coming days, and the rules of the air there",
        ),
        "alert": Way(
            ("area/{area}/alert/{alert}", "dev/{device}/down/order"),
            _DOWN,
            1,
            True,
            "an emergency, or its cancel; retained in the area only",
        ),
        "ack": Way(("dev/{device}/down/ack",), _DOWN, 1, False, "receipts that are stored and may be forgotten"),
        "time_answer": Way(("time/rsp/{device}",), _DOWN, 0, False, "the controller's clock"),
        "time_request": Way(("time/req/{device}",), _UP, 0, False, "what time is it?"),
        "state": Way(("dev/{device}/up/state",), _UP, 1, True, "connected or not; also the last will"),
        "hello": Way(("dev/{device}/up/hello",), _UP, 1, False, "what the speaker holds, once per connection and move"),
        "receipt": Way(("dev/{device}/up/receipt",), _UP, 1, False, "one signed word about one order"),
        "plan_ack": Way(("dev/{device}/up/ack",), _UP, 1, False, "which plan it holds, and what it lacks for it"),
        "report": Way(("dev/{device}/up/log",), _UP, 1, False, "what was refused or went wrong"),
        "health": Way(("dev/{device}/up/health",), _UP, 0, False, "heartbeat"),
    }
)
"""Type of message to its way."""

CHUNK = Way(("blob/{sha256}/{index}",), _DOWN, 1, True, "raw bytes of a piece of audio, believed by their hash")
"""The one thing on the wire that is no JSON; speakers subscribe to it at QoS 0."""
