"""Whatever fits the OpenAPI document of the outside doors, or just fails to, meets no fault."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from api.application import build_outside
from stack.layout import LOOPBACK
from tests.databases import Database
from tests.desk import desk_house, served
from tests.outside import TOKEN, chosen_doors, signed

EXAMPLES = 40
"""Cases of each door and mode; a longer run by hand takes more."""

CHECKS = [status_code_conformance, response_schema_conformance]

AWAY = (503, "not-reached")
"""The one answer of this kind that is honest here: Temporal is away."""

DOORS = {
    "/reports": "ncsc",
    "/providers/{provider}/messages": "alder",
    "/billing/acknowledgements": "finance",
    "/receipts/notify": None,
}


@pytest.fixture
async def address(engine: AsyncEngine, database: Database) -> AsyncIterator[str]:
    """Give the address of the outside doors, bound apart, with buckets that never run dry."""
    chosen = chosen_doors(database.folder, port=1, burst=10**9)
    async with (
        desk_house(engine, database, **chosen) as house,
        served(build_outside(house.settings)) as port,
    ):
        yield f"http://{LOOPBACK}:{port}"


def proven(request: requests.PreparedRequest, who: str | None) -> None:
    """Put what proves who sends it on a request, when its body can be signed at all."""
    body = request.body or b""
    raw = body.encode() if isinstance(body, str) else body
    assert isinstance(raw, bytes)
    try:
        proof = {"authorization": f"Bearer {TOKEN}"} if who is None else signed(raw, who)
    except UnicodeDecodeError:
        return
    request.headers.update(proof)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", DOORS)
def test_the_outside_doors_are_what_their_document_says(
    address: str, path: str, mode: GenerationMode
) -> None:
    operation = schemathesis.openapi.from_url(f"{address}/openapi.json")[path]["POST"]
    phases = (Phase.explicit, Phase.generate)
    session = requests.Session()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=phases,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: schemathesis.Case[Any]) -> None:
        if "provider" in case.path_parameters:
            case.path_parameters["provider"] = "alder"
        told = case.as_transport_kwargs(base_url=address)
        told.pop("timeout", None)
        names = ("method", "url", "headers", "params", "json", "data", "cookies", "files")
        wanted = {name: told[name] for name in names if name in told}
        request = session.prepare_request(requests.Request(**wanted))
        proven(request, DOORS[path])
        response = session.send(request, timeout=30)
        if response.status_code >= 500:
            assert (response.status_code, response.json()["error"]["code"]) == AWAY
        case.validate_response(response, checks=CHECKS)

    tried()


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_whether_the_desk_lives_is_told_as_documented(address: str, path: str) -> None:
    operation = schemathesis.openapi.from_url(f"{address}/openapi.json")[path]["GET"]
    operation.Case().call_and_validate(base_url=address, checks=CHECKS)
