"""A real link with a notebook: what it heard, and when it went up and down. It retries without delay."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from devices.address import MqttUrl
from devices.link import Inbound
from devices.mqtt import MqttLink
from tests.fakes.mqtt_client import eventually


def utc_us() -> int:
    return time.time_ns() // 1000


class HeardLink(MqttLink):
    def __init__(
        self, url: MqttUrl | str, *subscriptions: tuple[str, int], name: str = "link", keepalive_s: int = 30
    ) -> None:
        self.heard: list[Inbound] = []
        self.changes: list[bool] = []
        super().__init__(
            url, name, subscriptions, self.heard.append, self.changes.append, utc_us, lambda: 0.0,
            keepalive_s=keepalive_s,
        )  # fmt: skip

    def payloads(self, topic: str) -> list[bytes]:
        return [message.payload for message in self.heard if message.topic == topic]


@contextmanager
def linked(
    url: MqttUrl | str, *subscriptions: tuple[str, int], name: str = "link", keepalive_s: int = 30
) -> Iterator[HeardLink]:
    """A link that is up."""
    with HeardLink(url, *subscriptions, name=name, keepalive_s=keepalive_s) as link:
        assert eventually(lambda: link.changes == [True])
        yield link
