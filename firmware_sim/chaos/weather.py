"""How bad a link is: one value that says it all, for both directions and for each connection. Does nothing itself."""

from dataclasses import dataclass, fields

from firmware_sim.chaos.errors import BadWeather

LONGEST = 86_400_000.0
"""Of a delay (ms) or a time (s): what is longer is a slip of the pen."""
_MOST = {"loss": 0.9, "duplicate": 1.0, "cut_at_percent": 100.0, "rate": 1e12, "cut_after_bytes": 1e12}
"""More than 90 % loss lets nothing through in a lifetime."""


@dataclass(frozen=True)
class Conditions:
    """One direction of a connection. 0 means that it does not happen."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    """Added to the delay, uniformly from 0 to this; the order stays."""
    rate: float = 0.0
    """Throughput, bytes a second."""
    stall_every_s: float = 0.0
    """Mean time between two stalls, exponential: the whole stream stands, as TCP does while packets are lost."""
    stall_s: float = 2.0
    """Mean length of a stall, exponential."""
    loss: float = 0.0
    """Share of TCP segments lost; each waits for its retransmission and holds up all behind it."""
    rto_ms: float = 200.0
    """First retransmission time-out, doubled at each further loss of the same segment."""


@dataclass(frozen=True)
class Weather:
    """The link between clients and broker. 0 means that it does not happen."""

    up: Conditions = Conditions()
    """From the client to the broker."""
    down: Conditions = Conditions()
    cut_every_s: float = 0.0
    """Mean age at which a connection is cut, exponential."""
    cut_after_bytes: int = 0
    """A connection is cut when so many bytes came down."""
    cut_at_percent: tuple[float, ...] = ()
    """Each transfer of a blob to a client is cut once at each of these shares of its size."""
    outage_s: float = 0.0
    """Mean time after a cut for which the same client does not get through, exponential."""
    half_open_after_s: float = 0.0
    """Age at which a connection goes dumb: bytes vanish both ways, the sockets stay open."""
    duplicate: float = 0.0
    """Share of acknowledged QoS 1 messages whose acknowledgement counts as lost when the connection ends;
    they and all unacknowledged ones are delivered again at the next connection."""

    def __post_init__(self) -> None:
        """BadWeather names the field that makes no sense."""
        for side in (self.up, self.down, self):
            for field in fields(side):
                _check(field.name, getattr(side, field.name))


def _check(name: str, value: object) -> None:
    most = _MOST.get(name, LONGEST)
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, int | float) and not 0 <= one <= most:
            raise BadWeather(field=name, wrong=f"{one} is not from 0 to {most:g}")
