"""Long recordings are streamed: little memory, and many times faster than they sound."""

import pytest

from controller.audio.benchmark import bench_audio


def assert_light_and_quick(figures: dict[str, float]) -> None:
    assert 20 < figures["peak_rss_mb"] < 100
    assert figures["cpu_real_time"] >= 40
    assert figures["raw_cpu_s"] < figures["cpu_s"]


def test_minutes_take_little_memory() -> None:
    figures = bench_audio(2)
    assert figures["minutes"] == 2
    assert 20 < figures["peak_rss_mb"] < 100
    assert figures["cpu_real_time"] > 15  # the machine may be busy and slow; the test of an hour asks for more


@pytest.mark.rehearse
@pytest.mark.timeout(900)
def test_an_hour_is_light_and_quick() -> None:
    assert_light_and_quick(bench_audio(60))
