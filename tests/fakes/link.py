"""A link that remembers what it was given; up or down as the test says."""

from dataclasses import dataclass, field


@dataclass
class RecordingLink:
    up: bool = True
    sent: list[tuple[str, bytes, int, bool]] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        if self.up:
            self.sent.append((topic, payload, qos, retain))
        return self.up

    def topics(self) -> list[str]:
        return [topic for topic, *_ in self.sent]
