"""An emergency text: the tone leaves at once, the speech as a later revision, the cancel as another."""

import pytest
from sqlmodel import select

from controller.alerts.models import AlertRow
from controller.alerts.raising import AlertRequest, add_speech, cancel_alert, give_up_speech, raise_alert, speechless
from controller.deliveries.models import Delivery
from controller.errors.air import ExpiryInvalid
from controller.library.models import Blob
from devices.models import Incident
from devices.protocol.messages.alerts import Alert
from devices.protocol.signing import MAX_MESSAGE_BYTES
from devices.protocol.units import DAY, MILLI, MINUTE, SECOND
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.fakes.bench import Bench
from tests.fakes.words import hello, receipt


class Emergency:
    def __init__(self, office: Office) -> None:
        self.office = office
        self.tone = office.blob(3.0, 900, clip="tone")
        province = office.area("Tỉnh Tiền Giang")
        self.areas = [office.area("Xã Tân Đông", province), office.area("Xã Bình Ân", province)]
        self.speakers = [office.speaker(area) for area in self.areas]
        self.bench = Bench(office)
        self.bench.step()
        self.bench.link.sent.clear()

    def raised(self, **wishes: object) -> str:
        fields = {"text": "Nước dâng", "read_as": "Nước dâng", "areas": tuple(self.areas)}
        fields |= {"expires_at": self.bench.now + 10 * MINUTE} | wishes
        with self.office.database.write() as session:
            request = AlertRequest(**fields)  # type: ignore[arg-type]
            return raise_alert(session, request, self.office.act(self.bench.now), self.office.new_id, 400)

    def speak(self, alert: str) -> str:
        speech = self.office.blob(4.0, 200)
        with self.office.database.write() as session:
            add_speech(session, alert, session.get_one(Blob, speech), self.bench.now, 1_500 * MILLI)
        return speech

    def calls(self) -> list[Alert]:
        return [message for _, message in self.bench.said(Alert) if isinstance(message, Alert)]

    def states(self, alert: str) -> list[str]:
        with self.office.database.read() as session:
            rows = session.exec(select(Delivery).where(Delivery.order_id == alert).order_by(Delivery.device_id))
            found = {row.device_id: row.state for row in rows}
        return [found[speaker] for speaker in self.speakers]


@pytest.fixture
def emergency(office: Office) -> Emergency:
    return Emergency(office)


def test_the_tone_leaves_at_once_retained_in_each_area_and_small(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    topics = {emergency.bench.topics.alert(area, alert) for area in emergency.areas}
    sent = {topic: (payload, retain) for topic, payload, _, retain in emergency.bench.link.sent}
    assert topics <= set(sent) and all(sent[topic][1] and len(sent[topic][0]) < 1_024 for topic in topics)
    calls = emergency.calls()
    assert {(call.rev, call.action, call.tone, call.speech) for call in calls} == {(1, "sound", emergency.tone, None)}
    assert {call.start_at for call in calls} == {START + 400 * MILLI}


def test_the_speech_follows_as_a_revision_after_its_audio(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    emergency.bench.link.sent.clear()
    emergency.bench.now += 2 * SECOND
    speech = emergency.speak(alert)
    emergency.bench.step()
    topics = emergency.bench.link.topics()
    first_call = min(topics.index(emergency.bench.topics.alert(area, alert)) for area in emergency.areas)
    assert topics.index(emergency.bench.topics.chunk(speech, 0)) < first_call
    [one, _] = emergency.calls()
    assert (one.rev, one.speech, one.speech_duration) == (2, speech, 4_000)
    assert one.speech_at == START + 3_500 * MILLI, "not before it can have come, nor before the tone has ended"
    assert len(emergency.bench.office.keyring.sign(one)) < 1_024 < MAX_MESSAGE_BYTES


def test_a_text_that_cannot_be_spoken_leaves_the_tone_and_an_incident(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    emergency.calls()
    with emergency.office.database.write() as session:
        give_up_speech(session, alert, "speech_timeout", emergency.bench.now, emergency.office.new_id)
    emergency.bench.step()
    assert [(call.rev, call.silent_speech) for call in emergency.calls()] == [(2, True)] * 2
    with emergency.office.database.read() as session:
        assert [row.kind for row in session.exec(select(Incident))] == ["alert_speech_failed"]
        assert speechless(session, emergency.bench.now) is None


def test_it_is_said_again_until_a_word_comes_and_never_after_the_expiry(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    for speaker in emergency.speakers:
        emergency.bench.hear(speaker, "hello", hello(emergency.office.keyring.tenant))
    emergency.calls()
    emergency.bench.step(6)
    assert len(emergency.calls()) == 2
    for n, speaker in enumerate(emergency.speakers):
        fields = {"heard": 6_000, "expected": 6_000, "sha256": emergency.tone}
        said = receipt(emergency.office.keyring.tenant, 1, alert, alert, ("played", "playing")[n], **fields)
        emergency.bench.hear(speaker, "receipt", said)
    assert emergency.states(alert) == ["played", "playing"]
    emergency.bench.step(10 * 60)
    assert emergency.calls() == []


def test_the_retained_copy_goes_when_the_alert_is_over(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    emergency.bench.link.sent.clear()
    emergency.bench.step(10 * 60)
    cleared = {topic for topic, payload, _, retain in emergency.bench.link.sent if retain and not payload}
    assert {emergency.bench.topics.alert(area, alert) for area in emergency.areas} <= cleared
    with emergency.office.database.read() as session:
        assert session.get_one(AlertRow, alert).cleared
    emergency.bench.step(61)
    assert emergency.states(alert) == ["unreachable", "unreachable"]


def test_who_missed_it_all_is_asked_to_sign_that(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    emergency.bench.step(12 * 60)
    emergency.bench.link.sent.clear()
    emergency.bench.hear(emergency.speakers[0], "hello", hello(emergency.office.keyring.tenant))
    [call] = emergency.calls()
    assert (call.alert, call.to) == (alert, f"dev/{emergency.speakers[0]}")
    said = receipt(emergency.office.keyring.tenant, 1, alert, alert, "expired", reason="late")
    emergency.bench.hear(emergency.speakers[0], "receipt", said)
    assert emergency.states(alert) == ["expired", "unreachable"]


def test_a_cancel_is_a_revision_and_outranks_a_late_speech(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    emergency.calls()
    with emergency.office.database.write() as session:
        cancel_alert(session, alert, emergency.office.act(emergency.bench.now))
        cancel_alert(session, alert, emergency.office.act(emergency.bench.now))
    emergency.speak(alert)
    emergency.bench.step()
    assert [(call.rev, call.action, call.speech) for call in emergency.calls()] == [(2, "cancel", None)] * 2


def test_a_speaker_that_joins_the_area_later_is_counted(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    newcomer = emergency.office.speaker(emergency.areas[0])
    stranger = emergency.office.speaker(emergency.office.area("Nơi khác"))
    for speaker in (newcomer, stranger):
        emergency.bench.hear(speaker, "receipt", receipt(emergency.office.keyring.tenant, 1, alert, alert, "playing"))
    with emergency.office.database.read() as session:
        assert session.get_one(Delivery, (alert, newcomer)).state == "playing"
        assert session.get(Delivery, (alert, stranger)) is None
        assert [row.kind for row in session.exec(select(Incident))] == ["unknown_order"]


def test_after_a_reconnect_alerts_leave_before_everything_but_whom_to_believe(emergency: Emergency) -> None:
    alert = emergency.raised()
    emergency.bench.step()
    emergency.bench.controller.on_link(False, emergency.bench.now)
    emergency.bench.controller.on_link(True, emergency.bench.now)
    emergency.bench.link.sent.clear()
    emergency.bench.step(1)
    trust, *first = emergency.bench.link.topics()[:3]
    assert trust == emergency.bench.topics.trust
    assert set(first) == {emergency.bench.topics.alert(area, alert) for area in emergency.areas}


@pytest.mark.parametrize("expiry", [9 * SECOND, 7 * DAY + SECOND, -SECOND])
def test_an_impossible_expiry_is_refused(emergency: Emergency, expiry: int) -> None:
    with pytest.raises(ExpiryInvalid):
        emergency.raised(expires_at=emergency.bench.now + expiry)
