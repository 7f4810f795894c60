"""What a share of lost packets does to a TCP stream: a proxy cannot lose packets, MQTT never sees one lost.

Two effects, each with its source.

*Throughput.* Mathis, Semke, Mahdavi, Ott: The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm
(1997): at most MSS / RTT * C / sqrt(p), with C = sqrt(3/2) where every segment is acknowledged.

*Time-outs.* The formula assumes that losses are found by three later acknowledgements. At p = 0.3 the window
is about two segments, so there never are three: every loss waits for the retransmission time-out (RFC 6298:
smoothed round trip + max(floor, 4 * variation), doubled at each further loss). The floor is Linux's, 200 ms.
The link's variation is below the floor's quarter, so RTO = RTT + 200 ms.
"""

from dataclasses import replace
from math import sqrt

from firmware_sim.chaos.weather import Conditions

MSS = 1_460
"""Payload of one TCP segment on Ethernet, bytes."""
C = sqrt(3 / 2)
FLOOR_MS = 200.0
LONGEST_RTO_MS = 60_000.0
"""RFC 6298 allows a bound of 60 s or more."""


def under_loss(loss: float, delay_ms: float, conditions: Conditions | None = None) -> Conditions:
    """One direction of a link that loses this share of its packets, `delay_ms` each way.

    The rest is taken from `conditions`; of two throughputs the lower one counts.
    """
    base = conditions or Conditions()
    round_trip_ms = 2 * delay_ms
    if loss <= 0:
        return replace(base, delay_ms=delay_ms)
    ceiling = mathis(loss, round_trip_ms) if round_trip_ms else 0.0
    rate = min(rate for rate in (ceiling, base.rate) if rate) if ceiling or base.rate else 0.0
    return replace(base, delay_ms=delay_ms, rate=rate, loss=loss, rto_ms=round_trip_ms + FLOOR_MS)


def mathis(loss: float, round_trip_ms: float) -> float:
    """Upper bound of the throughput, bytes a second."""
    return MSS / (round_trip_ms / 1_000) * C / sqrt(loss)


def goodput(conditions: Conditions) -> float:
    """What a lane with these conditions carries of a long transfer on average, bytes a second; loss below 0.5.

    A segment takes MSS / rate, and with probability p^k at least k time-outs, the k-th RTO * 2^(k-1) long:
    together RTO * p / (1 - 2p), a little less for the longest ones being bounded.
    """
    sending = MSS / conditions.rate if conditions.rate else 0.0
    waiting = conditions.rto_ms / 1_000 * conditions.loss / (1 - 2 * conditions.loss)
    return MSS / (sending + waiting)
