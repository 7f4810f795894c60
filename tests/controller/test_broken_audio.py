"""A speaker reports a chunk without the promised hash: the broker gets the blob again."""

from devices.protocol.messages.speaker import Report
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.fakes.bench import Bench


def test_a_blob_that_arrived_broken_is_published_again(office: Office) -> None:
    device = office.speaker(office.area("Xã Tân Đông"))
    sha256 = office.blob(2.0, clip="tone")
    bench = Bench(office)
    bench.step()
    bench.link.sent.clear()
    about = bench.topics.chunk(sha256, 1)
    tenant = office.keyring.tenant
    said = Report(tenant=tenant, to="controller", issued_at=START, code="bad_chunk", count=1, about=about)
    bench.hear(device, "log", said)
    topics = [topic for topic, *_ in bench.link.sent]
    assert bench.topics.manifest(sha256) in topics
    assert about in topics
    bench.link.sent.clear()
    bench.hear(device, "log", said)
    assert bench.link.sent == [], "a speaker that goes on complaining does not flood the broker"
    bench.now += 10_000_000
    bench.hear(device, "log", said)
    assert about in [topic for topic, *_ in bench.link.sent]


def test_a_blob_that_nobody_needs_is_not_brought_back(office: Office) -> None:
    device = office.speaker(office.area("Xã Tân Đông"))
    bench = Bench(office)
    bench.step()
    bench.link.sent.clear()
    about = bench.topics.chunk(office.blob(2.0), 1)
    tenant = office.keyring.tenant
    said = Report(tenant=tenant, to="controller", issued_at=START, code="bad_chunk", count=1, about=about)
    bench.hear(device, "log", said)
    assert bench.link.sent == []


def test_a_report_about_nothing_of_ours_publishes_nothing(office: Office) -> None:
    device = office.speaker(office.area("Xã Tân Đông"))
    bench = Bench(office)
    bench.step()
    bench.link.sent.clear()
    for about in ("", "everything", bench.topics.chunk("f" * 64, 0), "#"):
        said = Report(
            tenant=office.keyring.tenant, to="controller", issued_at=START, code="bad_chunk", count=1, about=about
        )
        bench.hear(device, "log", said)
    assert bench.link.sent == []
