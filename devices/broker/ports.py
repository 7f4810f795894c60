"""Which TCP port of this machine a broker gets, and whether a broker answers there."""

import socket
from contextlib import suppress

from devices.broker.errors import BrokerPortTaken

LOOPBACK = "127.0.0.1"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - to recognise them
USUAL = 1883
PROBE_S = 0.3
# CONNECT: MQTT 3.1.1, clean session, keepalive 10 s, no client id; and CONNACK: no session, accepted
CONNECT = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x00"
CONNACK = b"\x20\x02\x00\x00"
DISCONNECT = b"\xe0\x00"


def choose_port(wanted: int) -> int:
    """The port wanted, if it is free; where the usual 1883 is taken, or 0 wanted, a free one.

    BrokerPortTaken: another port was wanted and is taken.
    """
    if wanted and is_free(wanted):
        return wanted
    if wanted not in (0, USUAL):
        raise BrokerPortTaken(port=wanted)
    with _bound(0) as listener:
        return int(listener.getsockname()[1])


def is_free(port: int) -> bool:
    try:
        with _bound(port):
            return True
    except OSError:
        return False


def answers(port: int) -> bool:
    """Whether a broker on this machine accepts MQTT 3.1.1 connections at this port."""
    with suppress(OSError), socket.create_connection((LOOPBACK, port), PROBE_S) as caller:
        caller.sendall(CONNECT)
        answer = b""
        while len(answer) < len(CONNACK) and (more := caller.recv(16)):
            answer += more
        caller.sendall(DISCONNECT)
        return answer == CONNACK
    return False


def _bound(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except BaseException:
        listener.close()
        raise
    return listener
