"""The brokers that the contract is run against: each starts once for a file, and once more where it must die."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.broker.child_broker import ChildBroker
from firmware_sim.village.office import Office
from tests.fakes.brokers import KINDS, skip_without


def _started(kind: type[ChildBroker], folder: Path) -> Iterator[ChildBroker]:
    skip_without(kind)
    with kind(folder, 0) as broker:
        yield broker


@pytest.fixture(scope="module", params=KINDS)
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildBroker]:
    """A broker shared by the tests of a file: use topics of your own."""
    yield from _started(request.param, tmp_path_factory.mktemp("broker"))


@pytest.fixture(params=KINDS)
def mortal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChildBroker]:
    """A broker of one test, to be killed, stopped or frozen."""
    yield from _started(request.param, tmp_path / "broker")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Tables and keys of an installation."""
    return Office(tmp_path / "office")
