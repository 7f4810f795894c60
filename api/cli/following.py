"""An order followed until every speaker has ended, with a bar for each step."""

from collections import Counter
from typing import Any

from api.cli.client import Client
from api.cli.screen import progress
from controller.runtime import world

STEPS = ("have", "playing", "played")
BEYOND = {
    "have": {"have", "playing", "played", "failed", "cancelled"},
    "playing": {"playing", "played", "failed"},
    "played": {"played"},
}
ENDS = {"played", "failed", "refused", "expired", "cancelled", "unreachable"}
LOOK_EVERY_S = 0.25


def follow(client: Client, path: str, *, quiet: bool, seconds: float) -> dict[str, Any]:
    """Show the order at `path` until all speakers have ended or the time is over; its last state."""
    with progress(quiet) as bars:
        order: dict[str, Any] = client.get(path)
        total = len(order["deliveries"])
        tasks = {step: bars.add_task(step, total=total) for step in STEPS}
        give_up = world.monotonic() + seconds
        while True:
            order = client.get(path)
            states = [delivery["state"] for delivery in order["deliveries"]]
            for step, task in tasks.items():
                bars.update(task, completed=sum(state in BEYOND[step] for state in states))
            if all(state in ENDS for state in states) or world.monotonic() > give_up:
                return order
            world.sleep(LOOK_EVERY_S)


def summary(order: dict[str, Any]) -> str:
    """How many speakers stand where, e.g. `39 played`."""
    counts = Counter(delivery["state"] for delivery in order["deliveries"])
    return ", ".join(f"{count} {state}" for state, count in counts.most_common())
