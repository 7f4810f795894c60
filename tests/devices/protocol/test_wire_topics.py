"""Topics: what is built is parsed back, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.errors import UnknownTopic
from devices.protocol.topics import Address, Topics
from tests.devices.protocol.samples import ALERT, AREA, BLOB_SHA, DEVICE, OTHER_TENANT, TENANT, TOPICS

uuids = st.uuids().map(str)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
DOWN, UP = ("order", "config", "plan", "ack"), ("hello", "state", "health", "receipt", "ack", "log")


@st.composite
def built(draw):
    """A topic with the address that it stands for."""
    topics, one, two, sha = Topics(draw(uuids)), draw(uuids), draw(uuids), draw(hashes)
    down, up, index = draw(st.sampled_from(DOWN)), draw(st.sampled_from(UP)), draw(st.integers(0, 1_199))
    return topics, *draw(
        st.sampled_from(
            [
                (topics.trust, Address("trust")),
                (topics.manifest(sha), Address("manifest", sha)),
                (topics.chunk(sha, index), Address("chunk", sha, index=index)),
                (topics.area_order(one), Address("area_order", one)),
                (topics.alert(one, two), Address("alert", one, alert=two)),
                (topics.down(one, down), Address("down", one, down)),
                (topics.up(one, up), Address("up", one, up)),
                (topics.time_request(one), Address("time_req", one)),
                (topics.time_answer(one), Address("time_rsp", one)),
            ]
        )
    )


@given(built())
def test_what_is_built_is_parsed_back(case):
    topics, topic, address = case
    assert topics.parse(topic) == address
    assert len(topic.split("/")) <= 7
    assert len(topic.encode()) < 256


@given(built(), uuids)
def test_another_tenant_knows_none_of_it(case, other):
    _, topic, _ = case
    with pytest.raises(UnknownTopic):
        Topics(other).parse(topic)


@given(built(), st.data())
def test_one_letter_more_less_or_other_is_another_topic_or_none(case, data):
    topics, topic, address = case
    place = data.draw(st.integers(0, len(topic) - 1))
    letter = data.draw(st.characters())
    changed = topic[:place] + data.draw(st.sampled_from(["", letter, letter + topic[place]])) + topic[place + 1 :]
    try:
        found = topics.parse(changed)
    except UnknownTopic:
        return
    assert found != address or changed == topic


@given(st.text(max_size=200))
def test_any_text_is_refused_or_an_address(text):
    for topic in (text, f"{TOPICS.root}/{text}"):
        try:
            TOPICS.parse(topic)
        except UnknownTopic as error:
            assert error.code == "unknown_topic"


ROOT = f"loa/1/{TENANT}"


@pytest.mark.parametrize(
    "topic",
    [
        "", "/", "loa", ROOT, f"{ROOT}/", f"/{ROOT}/trust", f"{ROOT}/trust/", f"{ROOT}/trust\n", f"{ROOT}//trust",
        f"loa/2/{TENANT}/trust", f"loa/1/{OTHER_TENANT}/trust", f"{ROOT}/TRUST", f"{ROOT}/+", f"{ROOT}/#",
        f"{ROOT}/area/{AREA}/orders", f"{ROOT}/area/{AREA.upper()}/order", f"{ROOT}/area/{'-' * 36}/order",
        f"{ROOT}/area/{AREA[:-1]}/order", f"{ROOT}/area/{AREA}0/order", f"{ROOT}/area/+/order",
        f"{ROOT}/area/{AREA}/alert", f"{ROOT}/area/{AREA}/alert/{ALERT}/", f"{ROOT}/area/{AREA}/drill/{ALERT}",
        f"{ROOT}/area/{AREA.replace('-', '0')}/order", f"{ROOT}/blob/{BLOB_SHA}", f"{ROOT}/blob/{BLOB_SHA}/",
        f"{ROOT}/blob/{BLOB_SHA}/M", f"{ROOT}/blob/{BLOB_SHA}/-1", f"{ROOT}/blob/{BLOB_SHA}/00",
        f"{ROOT}/blob/{BLOB_SHA}/01", f"{ROOT}/blob/{BLOB_SHA}/1.0", f"{ROOT}/blob/{BLOB_SHA}/1200",
        f"{ROOT}/blob/{BLOB_SHA}/1٣", f"{ROOT}/blob/{BLOB_SHA.upper()}/0", f"{ROOT}/blob/{BLOB_SHA[1:]}/0",
        f"{ROOT}/dev/{DEVICE}/down/plan2", f"{ROOT}/dev/{DEVICE}/up/order", f"{ROOT}/dev/{DEVICE}/down/hello",
        f"{ROOT}/time/req/{DEVICE}/x", f"{ROOT}/time/rsp/",
    ],
)  # fmt: skip
def test_no_topic_of_ours(topic):
    with pytest.raises(UnknownTopic) as error:
        TOPICS.parse(topic)
    assert len(error.value.data["topic"]) <= 200


@pytest.mark.parametrize(
    ("filter_", "hears", "misses"),
    [
        (TOPICS.area_all(AREA), [TOPICS.area_order(AREA), TOPICS.alert(AREA, ALERT)], [TOPICS.area_order(DEVICE)]),
        (TOPICS.down_all(DEVICE), [TOPICS.down(DEVICE, leaf) for leaf in DOWN], [TOPICS.up(DEVICE, "log")]),
        (TOPICS.up_all, [TOPICS.up(DEVICE, leaf) for leaf in UP], [TOPICS.down(DEVICE, "ack")]),
        (TOPICS.time_requests, [TOPICS.time_request(DEVICE)], [TOPICS.time_answer(DEVICE)]),
    ],
)
def test_filters_hear_what_they_are_for(filter_, hears, misses):
    pattern = re.escape(filter_).replace(r"\+", "[^/]+").replace(r"\#", ".*")
    assert all(re.fullmatch(pattern, topic) for topic in hears)
    assert not any(re.fullmatch(pattern, topic) for topic in misses)


@pytest.mark.parametrize(
    ("topic", "target"),
    [
        (TOPICS.trust, "tenant"), (TOPICS.manifest(BLOB_SHA), f"blob/{BLOB_SHA}"),
        (TOPICS.area_order(AREA), f"area/{AREA}"), (TOPICS.alert(AREA, ALERT), f"area/{AREA}"),
        (TOPICS.down(DEVICE, "order"), f"dev/{DEVICE}"), (TOPICS.time_answer(DEVICE), f"dev/{DEVICE}"),
        (TOPICS.up(DEVICE, "hello"), "controller"), (TOPICS.time_request(DEVICE), "controller"),
    ],
)  # fmt: skip
def test_every_place_has_its_target(topic, target):
    assert TOPICS.parse(topic).target == target
