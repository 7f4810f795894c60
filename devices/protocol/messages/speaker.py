"""What a speaker says of itself. Hello, receipt and report are signed; state and health are not."""

from typing import Annotated, Literal

from pydantic import Field

from devices.protocol.messages.frame import Frame, Signed
from devices.protocol.units import Instant, Percent, Sequence, Sha256, Uuid, Word

ReceiptState = Literal["have", "playing", "played", "failed", "refused", "expired", "cancelled"]
Feed = Literal["mains", "solar", "battery"]
AmplifierWord = Literal["standby", "on", "stuck_off", "stuck_on", "fault", "line_open"]
Slot = Literal["a", "b"]
Level = Annotated[float, Field(ge=-120, le=20)]
Number = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Hello(Signed):
    """First word after every connect and move: what the speaker holds; the controller answers with what it lacks."""

    type: Literal["hello"] = "hello"
    boot: Uuid
    """New at every power-up."""
    ledger: Uuid
    """New whenever the flash was made empty; receipts are numbered within it."""
    model: Word
    """Kind of speaker."""
    firmware: Word
    """Version of its firmware."""
    config_seq: Sequence
    """Of the configuration that it holds; 0: none."""
    trust_seq: Sequence
    """Of the trust set that it believes; 0: none."""
    plan_seq: Sequence = 0
    """Of the plan that it holds; 0: none."""
    next_receipt: Sequence
    """Number that the next receipt will have, from 1."""
    unacknowledged: Sequence
    """Number of the oldest receipt that is not acknowledged; `next_receipt` where all are."""
    open_orders: Annotated[tuple[Uuid, ...], Field(max_length=256)]
    """Occurrences that it holds and that have not ended."""
    blobs: Annotated[tuple[Sha256, ...], Field(max_length=256)]
    """Blobs that it holds whole."""
    clock_valid: bool
    """Whether it knows the time: a signed answer since power-up."""
    clock_error: Number
    """Expected error of its clock, us."""


class PlanAck(Signed):
    """What the speaker makes of its plan: said when it has taken one, and when what it lacks or has erased changes."""

    type: Literal["plan_ack"] = "plan_ack"
    seq: Sequence
    """Of the plan that it holds; 0: none."""
    missing: Annotated[tuple[Sha256, ...], Field(max_length=128)]
    """Blobs of airings to come that it does not hold whole, the first one needed first."""
    gone: Annotated[tuple[Sha256, ...], Field(max_length=64)] = ()
    """Of the plan's `gone`, what is not in flash, not in parts either, and what nothing open here names."""
    free: Number
    """Room for blobs that is left, bytes."""
    clock_error: Number
    """Expected error of its clock a day from now if nobody tells it the time, us."""


class Receipt(Signed):
    """One signed word about one occurrence, kept in flash until acknowledged."""

    type: Literal["receipt"] = "receipt"
    ledger: Uuid
    """The ledger in which it is numbered."""
    n: Annotated[int, Field(ge=1, le=2**53 - 1)]
    """1, 2, 3 ... without a gap within one ledger."""
    order: Uuid
    """The order, or the alert."""
    occurrence: Uuid
    """The occurrence; for an alert the alert again."""
    state: ReceiptState
    """What happened; the last five are ends, and an order has one end."""
    reason: Word = "none"
    """Why it failed, was refused or expired; `none` otherwise."""
    sha256: Sha256 | None = None
    """What sounded, where something did."""
    heard: Number = 0
    """Sound that left the amplifier, all repeats together, ms."""
    expected: Number = 0
    """Sound that the order asks for, all repeats together, ms."""
    started_at: Instant | None = None
    """First sample, us UTC."""
    ended_at: Instant | None = None
    """Last sample, us UTC."""
    restarts: Number = 0
    """Repeats begun a second time after a power cut (alerts only)."""
    clock_error: Number = 0
    """Expected error of the instants here, us."""


class Report(Signed):
    """Something was refused or went wrong; the same code is counted for ten seconds, then sent again."""

    type: Literal["report"] = "report"
    code: Word
    """The refusal's code, e.g. `bad_signature`."""
    count: Annotated[int, Field(ge=1, le=1_000_000)]
    """How many since the last report of this code."""
    about: Annotated[str, Field(max_length=200)]
    """Topic, blob or order concerned (the last one)."""


class State(Frame):
    """Retained; the last will says `online: false`. Not signed: the connection vouches for it."""

    type: Literal["state"] = "state"
    online: bool
    """True after connecting; false in the last will and before a clean DISCONNECT."""
    boot: Uuid
    """As in hello."""


class Health(Frame):
    """Heartbeat with the latest values. Not signed: the connection vouches for it."""

    type: Literal["health"] = "health"
    boot: Uuid
    """As in hello."""
    uptime: Number
    """Seconds since power-up."""
    volume: Percent
    """Upper limit in force, %."""
    playing: Uuid | None = None
    """The occurrence that sounds now."""
    temperature: Annotated[float, Field(ge=-60, le=150)]
    """Degrees Celsius inside the box."""
    supply: Annotated[float, Field(ge=0, le=100)]
    """Volts at the input."""
    signal: Annotated[int, Field(ge=-150, le=0)]
    """Received power of the radio, dBm."""
    flash_free: Number
    """Bytes."""
    clock_error: Number
    """Expected error of its clock, us."""
    flash_faults: Number = 0
    """Contents that came back changed from flash, and small items that it refused, since power-up."""
    slot: Slot | None = None
    """Which of its two firmware slots runs."""
    feed: Feed | None = None
    """What it lives on now."""
    battery: Percent | None = None
    """Charge of its battery, %; this and the next two where it has one."""
    battery_volts: Annotated[float, Field(ge=0, le=100)] | None = None
    """Of the battery, V."""
    charging: bool | None = None
    """Whether the battery is filling."""
    amplifier: AmplifierWord | None = None
    """What the amplifier says of itself: off or on as it should be, its relay stuck, its output stage dead, or the
    line to its horns cut. Faults found only under load stay said until it has sounded again."""
    drive: Level | None = None
    """Level of what went to the amplifier last since the latest heartbeat, dBFS; absent where nothing did."""
    heard: Level | None = None
    """Level at which the microphone found that very sound in the air, dBFS; with `drive` only."""
    noise: Level | None = None
    """Level at the microphone while nothing is ordered to sound, dBFS."""
    tone: Annotated[int, Field(ge=0, le=20_000)] | None = None
    """A steady tone in that noise, Hz."""
    data_used: Number | None = None
    """Bytes that its SIM card has carried this month, both ways."""
    data_share: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """Of the month's budget, %; absent where there is none."""
