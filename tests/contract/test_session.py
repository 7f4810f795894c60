"""The reference speaker lives through the session of docs/vectors.json, as every other speaker must."""

import uuid

from devices.protocol import base64url
from devices.protocol.keys import SigningKey
from firmware_sim.identity import Birth, Identity
from firmware_sim.ledger import MemoryLedger
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.settings import SpeakerSettings
from firmware_sim.sinks import NullSink
from firmware_sim.sounds import Sounds
from firmware_sim.speaker import Parts, Speaker
from tests.contract.transcripts import TOLD, Dice, play


class Mouth:
    """A link that writes down what is said."""

    def __init__(self):
        self.said = []

    def publish(self, topic, payload, qos, retain):
        step = {"out": "publish", "topic": topic, "bytes": payload, "qos": qos, "retained": retain}
        self.said.append(step)

    def subscribe(self, topic, qos):
        self.said.append({"out": "subscribe", "topic": topic, "qos": qos})

    def unsubscribe(self, topic):
        self.said.append({"out": "unsubscribe", "topic": topic})


class ReferenceUnderTest:
    """The simulator's speaker, with ids and nonces of the session."""

    def __init__(self):
        given = TOLD["session"]["given"]
        nonces = [int.from_bytes(base64url.decode(nonce), "big") for nonce in given["nonces"]]
        dice = Dice(uuid.UUID(given["boot"]).int, uuid.UUID(given["ledger"]).int, *nonces)
        mouth = Mouth()
        self.said = mouth.said
        key = SigningKey(base64url.decode(TOLD["keys"]["device"]["secret"]))
        self._speaker = Speaker(
            Parts(
                identity=Identity(Birth(**TOLD["birth"]), key),
                settings=SpeakerSettings(),
                flash=MemoryFlash(2**20),
                sink=NullSink(),
                ledger=MemoryLedger(),
                link=mouth,
                chance=dice,
                sounds=Sounds(),
            )
        )
        self._speaker.power_on(0)
        for name in ("on_connected", "on_disconnected", "on_message"):
            setattr(self, name.removeprefix("on_"), getattr(self._speaker, name))
        self.wake, self.next_wake = self._speaker.do_once, self._speaker.next_wakeup

    def granted(self, topic, mono):
        self._speaker.on_suback(topic, True, mono)


def test_the_reference_speaker_lives_through_the_session():
    play(ReferenceUnderTest())
