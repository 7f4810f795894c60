"""What the wire needs from any broker, run against each kind that we start."""

import hashlib
import os
import signal
import socket
import time
from statistics import quantiles

import pytest

from devices.broker.child_broker import ChildBroker
from devices.errors import NotPublishable
from devices.mqtt import MAX_PAYLOAD
from tests.fakes.heard_link import linked, utc_us
from tests.fakes.mqtt_client import SILENCE_S, MqttClient, clients, eventually, retained_at
from tests.fakes.puller import pull

TENANT = "loa/1/2b5d6c1e-0000-4000-8000-000000000001"


def test_a_retained_message_meets_whoever_subscribes_and_is_marked(broker: ChildBroker) -> None:
    topic = f"{TENANT}/r1"
    with linked(broker.url, (f"{TENANT}/r1/#", 1), name="early") as early:
        assert early.publish(topic, b"old", retain=True) and early.publish(topic, b"new", retain=True)
        assert eventually(lambda: len(early.heard) == 2)
        with linked(broker.url, (topic, 1), name="late") as late:
            assert eventually(lambda: late.heard)
    assert [(message.payload, message.retained) for message in early.heard] == [(b"old", False), (b"new", False)]
    assert [(message.payload, message.retained) for message in late.heard] == [(b"new", True)]


def test_an_empty_payload_clears_a_retained_message(broker: ChildBroker) -> None:
    topic = f"{TENANT}/r2"
    with clients(MqttClient(broker.url, "clearer")) as (clearer,):
        clearer.publish(topic, b"here", retain=True)
        assert retained_at(broker.url, topic) == [b"here"]
        clearer.publish(topic, b"", retain=True)
        assert retained_at(broker.url, topic) == []


def test_fifty_speakers_pull_a_megabyte_by_windows_of_four_chunks(broker: ChildBroker) -> None:
    chunks = [bytes([number]) * 65_536 for number in range(16)]
    sha256 = hashlib.sha256(b"".join(chunks)).hexdigest()
    topics = [f"{TENANT}/blob/{sha256}/{number}" for number in range(16)]
    with linked(broker.url) as link:
        assert all(link.publish(topic, chunk, retain=True) for topic, chunk in zip(topics, chunks, strict=True))
        assert eventually(lambda: link.backlog == 0)
    pullers = pull(broker.url, 50, topics, seconds=60)
    assert all(puller.complete for puller in pullers)
    assert {puller.digest() for puller in pullers} == {sha256}
    assert all(puller.arrivals <= puller.asked for puller in pullers), "more arrived than was asked for"


def test_a_chunk_published_after_it_was_asked_for_still_arrives(broker: ChildBroker) -> None:
    topic = f"{TENANT}/blob/{'0' * 64}/0"
    with clients(MqttClient(broker.url, "early-asker", topic, qos=0), MqttClient(broker.url, "slow")) as (asker, slow):
        slow.publish(topic, b"chunk", retain=True)
        assert eventually(lambda: asker.payloads() == [b"chunk"])


def test_a_lost_chunk_comes_again_after_unsubscribe_and_subscribe(broker: ChildBroker) -> None:
    topic = f"{TENANT}/blob/{'1' * 64}/0"
    with clients(MqttClient(broker.url, "publisher")) as (publisher,):
        publisher.publish(topic, b"chunk", retain=True)
    with clients(MqttClient(broker.url, "retrier", topic, qos=0)) as (retrier,):
        assert eventually(lambda: len(retrier.got) == 1)
        retrier.subscribe(topic, qos=0)
        time.sleep(SILENCE_S)
        # The standard wants it repeated; rumqttd does not, so the protocol never relies on it.
        assert len(retrier.got) == (1 if broker.name == "embedded" else 2)
        retrier.got.clear()
        retrier.unsubscribe(topic)
        retrier.subscribe(topic, qos=0)
        assert eventually(lambda: retrier.payloads() == [b"chunk"])


def test_an_unsubscribe_from_what_was_never_asked_for_may_stay_unanswered(broker: ChildBroker) -> None:
    with clients(MqttClient(broker.url, "stranger")) as (stranger,):
        mid = stranger.unsubscribe(f"{TENANT}/never")
        time.sleep(SILENCE_S)
        assert (mid in stranger.answers) == (broker.name == "mosquitto")
        stranger.subscribe(f"{TENANT}/still-served")


def test_a_last_will_is_said_when_the_connection_breaks_and_stays(broker: ChildBroker) -> None:
    topic = f"{TENANT}/w1"
    with linked(broker.url, (topic, 1)) as controller:
        speaker = MqttClient(broker.url, "w1", will=(topic, b"offline", True))
        speaker.publish(topic, b"online", retain=True)
        speaker.cut()
        assert eventually(lambda: controller.payloads(topic) == [b"online", b"offline"])
        speaker.close()
    assert retained_at(broker.url, topic) == [b"offline"]


def test_no_last_will_after_a_good_bye(broker: ChildBroker) -> None:
    topic = f"{TENANT}/w2"
    with linked(broker.url, (topic, 1)) as controller:
        MqttClient(broker.url, "w2", will=(topic, b"offline", True)).close()
        time.sleep(SILENCE_S)
        assert controller.heard == []


def test_a_speaker_that_says_nothing_more_is_declared_dead_within_one_and_a_half_keepalives(
    broker: ChildBroker,
) -> None:
    topic, keepalive_s = f"{TENANT}/w3", 2
    with linked(broker.url, (topic, 1)) as controller:
        speaker = MqttClient(broker.url, "w3", will=(topic, b"offline", False), keepalive_s=keepalive_s)
        speaker.freeze()
        assert eventually(lambda: controller.payloads(topic) == [b"offline"], 1.5 * keepalive_s + 10)
        speaker.close()


def test_who_comes_with_the_same_name_takes_over(broker: ChildBroker) -> None:
    topic = f"{TENANT}/t1"
    twins = (MqttClient(broker.url, "twin", topic), MqttClient(broker.url, "twin", topic))
    with clients(*twins, MqttClient(broker.url, "other")) as (first, second, other):
        assert first.lost.wait(5)
        other.publish(topic, b"to whom?")
        assert eventually(lambda: second.payloads() == [b"to whom?"])
        assert not second.lost.is_set() and first.got == []


def test_whose_last_will_a_take_over_says(broker: ChildBroker) -> None:
    topic = f"{TENANT}/t2"
    with linked(broker.url, (topic, 1)) as controller:
        first = MqttClient(broker.url, "t2", will=(topic, b"first", False))
        second = MqttClient(broker.url, "t2", will=(topic, b"second", False))
        assert first.lost.wait(5)
        assert eventually(lambda: controller.heard)
        second.cut()
        time.sleep(SILENCE_S)
        # rumqttd keeps one will per name: it says the newcomer's, which then has none left.
        assert controller.payloads(topic) == ([b"second"] if broker.name == "embedded" else [b"first", b"second"])
        second.close()


def test_the_largest_message_goes_both_ways_and_a_larger_one_is_refused_at_once(broker: ChildBroker) -> None:
    topic, largest = f"{TENANT}/l1", os.urandom(MAX_PAYLOAD)
    with linked(broker.url, (topic, 1)) as link:
        assert link.publish(topic, largest, retain=True)
        assert eventually(lambda: link.payloads(topic) == [largest])
        with pytest.raises(NotPublishable):
            link.publish(topic, largest + b"!")
        assert link.up and link.changes == [True]
    assert retained_at(broker.url, topic) == [largest]


def test_who_sends_more_than_the_broker_takes_is_cut_off(broker: ChildBroker) -> None:
    with clients(MqttClient(broker.url, "flooder")) as (flooder,):
        flooder.offer(f"{TENANT}/l2", bytes(300 * 1024))
        assert flooder.lost.wait(5)


def test_a_message_sent_twice_is_heard_at_least_once_and_harms_nothing(broker: ChildBroker) -> None:
    topic = f"{TENANT}/d1"
    body = len(topic).to_bytes(2, "big") + topic.encode() + (7).to_bytes(2, "big") + b"once?"
    port = int(broker.url.rsplit(":", 1)[1])
    with linked(broker.url, (topic, 1)) as link, socket.create_connection(("127.0.0.1", port), 5) as sender:
        sender.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x0a\x00\x01d")
        sender.sendall(bytes([0x32, len(body)]) + body)
        sender.sendall(bytes([0x3A, len(body)]) + body)
        assert eventually(lambda: len(link.heard) >= 1)
        assert link.publish(topic, b"after")
        assert eventually(lambda: b"after" in link.payloads(topic))
        assert set(link.payloads(topic)) == {b"once?", b"after"}


def test_ten_thousand_small_and_two_hundred_large_messages_get_through_in_order(broker: ChildBroker) -> None:
    small, large = f"{TENANT}/b/small", f"{TENANT}/b/large"
    with linked(broker.url, (f"{TENANT}/b/#", 1), name="hearer") as hearer, linked(broker.url, name="sayer") as sayer:
        for number in range(10_000):
            assert sayer.publish(small, number.to_bytes(4, "big") + bytes(296))
        for number in range(200):
            assert sayer.publish(large, number.to_bytes(4, "big") + bytes(65_532))
        assert eventually(lambda: len(hearer.heard) >= 10_200, 60)
        assert eventually(lambda: sayer.backlog == 0)
    for topic, count in ((small, 10_000), (large, 200)):
        assert [int.from_bytes(payload[:4], "big") for payload in hearer.payloads(topic)] == list(range(count))


def test_a_message_is_there_within_a_few_milliseconds(broker: ChildBroker) -> None:
    topic = f"{TENANT}/f1"
    with linked(broker.url, (topic, 1), name="hearer") as hearer, linked(broker.url, name="sayer") as sayer:
        for _ in range(200):
            sayer.publish(topic, utc_us().to_bytes(8, "big"))
            time.sleep(0.002)
        assert eventually(lambda: len(hearer.heard) == 200)
        latencies = [m.received_at - int.from_bytes(m.payload, "big") for m in hearer.heard]
    assert quantiles(latencies, n=100)[49] < 10_000


def test_the_link_comes_back_after_the_broker_was_killed_and_forgot_everything(mortal: ChildBroker) -> None:
    topic = f"{TENANT}/k1"
    with linked(mortal.url, (topic, 1)) as link:
        assert link.publish(topic, b"kept?", retain=True)
        assert eventually(lambda: link.payloads(topic) == [b"kept?"])
        mortal.kill()
        assert eventually(lambda: link.changes == [True, False])
        assert not link.up and not link.publish(topic, b"into the void")
        mortal.start()
        assert eventually(lambda: link.changes == [True, False, True])
        assert link.publish(topic, b"again")
        assert eventually(lambda: link.payloads(topic) == [b"kept?", b"again"])
    assert retained_at(mortal.url, topic) == []


def test_who_publishes_waits_for_no_broker(mortal: ChildBroker) -> None:
    """More than its socket takes while it stands still."""
    with linked(mortal.url, keepalive_s=60) as link:
        assert mortal.pid
        os.kill(mortal.pid, signal.SIGSTOP)
        try:
            assert all(link.publish(f"{TENANT}/w1", bytes(65_536)) for _ in range(200))
            assert link.up and link.backlog > 0
        finally:
            os.kill(mortal.pid, signal.SIGCONT)
        assert eventually(lambda: link.backlog == 0)


def test_nothing_unsent_is_replayed_after_an_outage(mortal: ChildBroker) -> None:
    topic = f"{TENANT}/k2"
    with linked(mortal.url, (topic, 1)) as link:
        assert mortal.pid
        os.kill(mortal.pid, signal.SIGSTOP)
        assert link.publish(topic, b"stale"), "the broker is frozen, the link does not know yet"
        mortal.kill()
        assert eventually(lambda: link.changes == [True, False])
        assert link.backlog == 0
        mortal.start()
        assert eventually(lambda: link.up)
        assert link.publish(topic, b"fresh")
        assert eventually(lambda: link.heard)
        time.sleep(SILENCE_S)
        assert link.payloads(topic) == [b"fresh"]


def test_a_frozen_broker_is_noticed_and_the_link_returns_when_it_thaws(mortal: ChildBroker) -> None:
    with linked(mortal.url, (f"{TENANT}/h1", 1), keepalive_s=2) as link:
        assert mortal.pid
        os.kill(mortal.pid, signal.SIGSTOP)
        try:
            assert eventually(lambda: link.changes == [True, False], 1.5 * 2 + 10)
        finally:
            os.kill(mortal.pid, signal.SIGCONT)
        assert eventually(lambda: link.changes == [True, False, True])
