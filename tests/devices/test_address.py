"""Broker addresses: what is read, what is refused, and that a password shows nowhere."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.address import MqttUrl
from devices.broker.errors import MqttUrlInvalid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mqtt://127.0.0.1", MqttUrl("127.0.0.1", 1883)),
        ("mqtt://broker.xa.vn:11883/", MqttUrl("broker.xa.vn", 11883)),
        ("mqtts://broker.xa.vn", MqttUrl("broker.xa.vn", 8883, "mqtts")),
        ("mqtt://[::1]:1884", MqttUrl("::1", 1884)),
        ("mqtt://loa:p%40ss%3A@h", MqttUrl("h", 1883, "mqtt", "loa", "p@ss:")),
        ("mqtt://loa@h", MqttUrl("h", 1883, "mqtt", "loa")),
        (
            "mqtts://loa@h?ca=/etc/ca.pem&cert=me.pem&key=me.key",
            MqttUrl("h", 8883, "mqtts", "loa", None, Path("/etc/ca.pem"), Path("me.pem"), Path("me.key")),
        ),
    ],
)
def test_an_address_is_read(text: str, expected: MqttUrl) -> None:
    assert MqttUrl.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "broker:1883", "http://h", "mqtt://", "mqtt://h:0", "mqtt://h:66000", "mqtt://h:x", "mqtt://h/topic",
        "mqtt://h#f", "mqtt://:secret@h", "mqtt://h?ca=x", "mqtts://h?ca=", "mqtts://h?insecure=1",
        "mqtts://h?key=k", "mqtt://[::1",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(MqttUrlInvalid):
        MqttUrl.parse(text)


@given(st.text("abcdefgh:@/?#% ệ1", min_size=6))
def test_a_password_is_in_no_text_and_in_no_error(password: str) -> None:
    secret = "S3cr3t" + password
    shown = ""
    try:
        url = MqttUrl.parse(f"mqtts://loa:{secret}@h:8883")
        shown = f"{url} {url!r}"
    except MqttUrlInvalid as error:
        shown = f"{error} {error!r} {error.__cause__}"
    assert "S3cr3t" not in shown
