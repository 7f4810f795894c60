"""How the speaker says things upwards: words made into signed or plain bytes on the right topic."""

from devices.protocol.codec import to_json
from devices.protocol.keys import SigningKey
from devices.protocol.messages.frame import Frame, Signed
from devices.protocol.messages.time import TimeRequest
from devices.protocol.signing import sign
from devices.protocol.topics import Topics, UpLeaf
from firmware_sim.ports import SpeakerLink


class Voice:
    """Speaks for one device through its link."""

    def __init__(self, topics: Topics, device: str, key: SigningKey, link: SpeakerLink) -> None:
        self._topics = topics
        self._device = device
        self._key = key
        self._link = link

    def say(self, leaf: UpLeaf, message: Frame, retain: bool = False) -> None:
        """Publish on `up/{leaf}`: signed where the type is, health at QoS 0, all else at QoS 1."""
        payload = to_json(message)
        if isinstance(message, Signed):
            payload = sign(payload, self._key)
        qos = 0 if leaf == "health" else 1
        self._link.publish(self._topics.up(self._device, leaf), payload, qos, retain)

    def ask_time(self, request: TimeRequest) -> None:
        self._link.publish(self._topics.time_request(self._device), to_json(request), 0, False)
