"""What a SIM card has carried this month: bytes up and down, counted as an operator counts them."""

from datetime import UTC, datetime, timedelta

from firmware_sim.ports import SpeakerLink

LOCAL = timedelta(hours=7)
"""Months begin by Vietnamese time, which has no summer time."""
IP_TCP = 40
"""Bytes of IPv4 and TCP headers on each segment (RFC 791, RFC 9293); the acknowledgement back is as long."""
SEGMENT = 1_360
"""Bytes of payload in one segment on a mobile link (MTU 1,400)."""
MQTT_HEAD = 6
"""Fixed header, length of the topic and packet number (MQTT 3.1.1, section 3.3)."""


def carried(topic: str, payload_bytes: int) -> tuple[int, int]:
    """Bytes that one MQTT message takes: in its own direction, and back for the acknowledgements of TCP."""
    size = MQTT_HEAD + len(topic) + payload_bytes
    segments = -(-size // SEGMENT)
    return size + segments * IP_TCP, segments * IP_TCP


def month_of(now: int, reset_day: int) -> int:
    """The number of the billing month at `now` (us UTC): it begins on `reset_day` (1 to 28) at local midnight."""
    local = datetime.fromtimestamp(now / 1_000_000, UTC) + LOCAL
    return local.year * 12 + local.month - (local.day < reset_day)


class DataMeter:
    """Counts; knows the month only when told the time, as a modem does."""

    __slots__ = ("_month", "down", "up")

    def __init__(self) -> None:
        self.up = 0
        self.down = 0
        self._month: int | None = None

    def sent(self, topic: str, payload_bytes: int) -> None:
        there, back = carried(topic, payload_bytes)
        self.up += there
        self.down += back

    def received(self, topic: str, payload_bytes: int) -> None:
        there, back = carried(topic, payload_bytes)
        self.down += there
        self.up += back

    def turn_to(self, now: int, reset_day: int) -> None:
        """Begin anew if a month has begun since the last call."""
        month = month_of(now, reset_day)
        if self._month is not None and month > self._month:
            self.up = self.down = 0
        self._month = month

    @property
    def used(self) -> int:
        """Bytes this month, both ways."""
        return self.up + self.down


class MeteredLine:
    """See the port `SpeakerLink`; what goes up is counted on the way."""

    __slots__ = ("_inner", "_meter")

    def __init__(self, inner: SpeakerLink, meter: DataMeter) -> None:
        self._inner = inner
        self._meter = meter

    def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        self._meter.sent(topic, len(payload))
        self._inner.publish(topic, payload, qos, retain)

    def subscribe(self, topic: str, qos: int) -> None:
        self._meter.sent(topic, 0)
        self._inner.subscribe(topic, qos)

    def unsubscribe(self, topic: str) -> None:
        self._meter.sent(topic, 0)
        self._inner.unsubscribe(topic)
