"""What speakers say, with everything filled in that a test does not care for."""

from typing import Any

from devices.protocol.messages.speaker import Hello, Receipt
from firmware_sim.village.virtual_time import START

LEDGER = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
BOOT = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"


def receipt(tenant: str, n: int, order: str, occurrence: str, state: str, **fields: Any) -> Receipt:
    given = {"ledger": LEDGER, "issued_at": START} | fields
    return Receipt(
        tenant=tenant, to="controller", n=n, order=order, occurrence=occurrence, state=state, **given  # type: ignore[arg-type]
    )  # fmt: skip


def hello(tenant: str, **fields: Any) -> Hello:
    given = {
        "ledger": LEDGER, "boot": BOOT, "issued_at": START, "model": "loa-sim", "firmware": "0.1.0", "config_seq": 0,
        "trust_seq": 0, "next_receipt": 1, "unacknowledged": 1, "open_orders": (), "blobs": (), "clock_valid": True,
        "clock_error": 0,
    } | fields  # fmt: skip
    return Hello(tenant=tenant, to="controller", **given)
