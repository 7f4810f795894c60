"""Whatever anybody sends, by the description or against it: an answer that the description names, never a 5xx."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import APIOperation, BaseSchema

from controller.people.permissions import ROLES
from tests.fakes.desk import ApiDesk, Place

load_all_checks()
ASKED = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
        "response_headers_conformance",
    )
]  # fmt: skip
COUNTS = [pytest.param(2, marks=pytest.mark.full, id="quick"), pytest.param(25, marks=pytest.mark.rehearse, id="long")]
"""Requests for each operation, role and way of asking: about a minute in all, or ten."""


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_as_described(desk: ApiDesk, role: str, count: int) -> None:
    place = Place(desk.client())
    headers = {"Authorization": f"Bearer {desk.key(role)}"}
    for operation in operations(desk):
        for cases in ways(operation, place):
            ask(cases, headers, count)


def operations(desk: ApiDesk) -> list[APIOperation]:
    """All that the description names. The key is shown with each; asking without one is tested elsewhere."""
    described = desk.app.openapi()
    for operation in (one for path in described["paths"].values() for one in path.values()):
        operation.pop("security", None)
    schema: BaseSchema = schemathesis.openapi.from_dict(described)
    schema.app = desk.app
    return [found.ok() for found in schema.get_all_operations()]


def ways(operation: APIOperation, place: Place) -> Iterator[st.SearchStrategy[Case]]:
    """By the description, of what is there, and against the description where there is anything to get wrong."""
    yield operation.as_strategy(GenerationMode.POSITIVE)
    if there := known(operation, place):
        yield operation.as_strategy(GenerationMode.POSITIVE, path_parameters=there)
    if list(operation.iter_parameters()) or list(operation.body):
        yield operation.as_strategy(GenerationMode.NEGATIVE)


def known(operation: APIOperation, place: Place) -> dict[str, str]:
    """Ids that are there, so that more than "unknown" is answered."""
    there = {"area": place.area, "device": place.device, "bulletin": place.bulletin}
    return {one.name: there[one.name] for one in operation.path_parameters if one.name in there}


def ask(cases: st.SearchStrategy[Case], headers: dict[str, str], count: int) -> None:
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def asked(case: Case) -> None:
        answer = case.call(base_url="http://loa.test", headers=headers)
        case.validate_response(answer, checks=ASKED)

    asked()
