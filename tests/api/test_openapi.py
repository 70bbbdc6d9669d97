"""Whatever fits the description is answered: no generated request makes the server fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient
from tests.api.conftest import client
from tests.support.seeded import Seeded, copied

from seed import api
from seed.server import application

# Revoking the token that asks would leave nothing but "not signed in" to be found; no cloud is behind these rows.
LEFT_OUT = {"DELETE /api/v1/tokens/{token_id}", "POST /api/v1/accounts", "POST /api/v1/accounts/{name}/check"}
SERVER_FAILS = 500


def operations() -> list[Any]:
    app = FastAPI(openapi_url=None)
    api.install(app)
    found = schemathesis.openapi.from_dict(api.describe(app)).get_all_operations()
    return [one for one in (result.ok() for result in found) if one.label not in LEFT_OUT]


@pytest.fixture(scope="module")
def alone(template: Seeded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """Rows of its own: what is generated may change them."""
    made = copied(template, tmp_path_factory.mktemp("generated"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def generated(alone: Seeded) -> TestClient:
    return client(application(alone.server), alone, "admin")


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
def test_no_request_that_fits_the_description_fails(operation: Any, generated: TestClient) -> None:
    @settings(max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def answered(case: Any) -> None:
        if case.query and "wait" in case.query:
            case.query["wait"] = 0
        sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
        sent.pop("cookies", None)
        sent["headers"] = {k: v for k, v in sent["headers"].items() if k.lower() not in {"authorization", "host"}}

        answer = generated.request(**sent)

        assert answer.status_code < SERVER_FAILS, answer.text

    answered()
