"""The controller's voice on the wire: signs a message, chooses its topic, hands it to the link."""

from controller.keys.live import Keys
from devices.link import Link
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.blobs import Manifest
from devices.protocol.messages.control import Ack, Config
from devices.protocol.messages.orders import Order
from devices.protocol.messages.plans import Plan
from devices.protocol.messages.time import TimeAnswer
from devices.protocol.topics import Topics


class Herald:
    """Every method returns False where the link is down; then the caller's tables still hold the work."""

    def __init__(self, keys: Keys, link: Link) -> None:
        """`keys` is asked anew for each message: they may have been rotated."""
        self.tenant = keys().tenant
        self.topics = Topics(self.tenant)
        self._keys = keys
        self._link = link

    @property
    def up(self) -> bool:
        return self._link.up

    @property
    def trust_seq(self) -> int:
        """The number of the trust set that this controller says."""
        return self._keys().said.seq

    def trust(self) -> bool:
        return self._link.publish(self.topics.trust, self._keys().trust, retain=True)

    def order(self, message: Order | Alert) -> bool:
        """To an area's or a speaker's order topic, as the message's `to` says."""
        kind, subject = message.to.split("/")
        topic = self.topics.area_order(subject) if kind == "area" else self.topics.down(subject, "order")
        return self._link.publish(topic, self._keys().sign(message))

    def alert(self, area: str, message: Alert, *, retain: bool = True) -> bool:
        topic = self.topics.alert(area, message.alert)
        return self._link.publish(topic, self._keys().sign(message), retain=retain)

    def config(self, device: str, message: Config) -> bool:
        topic = self.topics.down(device, "config")
        return self._link.publish(topic, self._keys().sign(message), retain=True)

    def plan(self, device: str, message: Plan) -> bool:
        return self._link.publish(self.topics.down(device, "plan"), self._keys().sign(message), retain=True)

    def ack(self, device: str, message: Ack) -> bool:
        return self._link.publish(self.topics.down(device, "ack"), self._keys().sign(message))

    def time(self, device: str, message: TimeAnswer) -> bool:
        return self._link.publish(self.topics.time_answer(device), self._keys().sign(message), qos=0)

    def manifest(self, message: Manifest) -> bool:
        topic = self.topics.manifest(message.sha256)
        return self._link.publish(topic, self._keys().sign(message), retain=True)

    def chunk(self, sha256: str, index: int, content: bytes) -> bool:
        return self._link.publish(self.topics.chunk(sha256, index), content, retain=True)

    def clear(self, topic: str) -> bool:
        """Take a retained message away: housekeeping, never an instruction."""
        return self._link.publish(topic, b"", retain=True)
