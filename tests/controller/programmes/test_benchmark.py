"""The measure of the planner measures what it says."""

from controller.programmes.benchmark import bench_plan


def test_every_programme_of_every_day_is_planned() -> None:
    figures = bench_plan(500, 50, 3)
    assert figures["times"] == 3 * 50 and figures["groups"] >= 10
    assert figures["seats"] > figures["times"], "the province's is heard by every group"
    assert 0 < figures["raw_read_s"] < figures["both_s"]
