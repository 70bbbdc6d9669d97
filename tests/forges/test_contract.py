"""What Seed says to GitHub, held against GitHub's own description of its API.

The bodies are checked in every run. The campaign speaks with a mock server that validates whole requests by the
same description and answers with its examples.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.forges.keys import PEM
from tests.forges.said import COMMENT, DEPLOYMENT, LOCAL, STATUS
from tests.forges.speaking import speaking

from seed.forges.connect import Access, connect
from seed.forges.errors import ForgeRefused
from seed.forges.http import Http
from seed.forges.port import ForgeApi

HERE = Path(__file__).parent
EXCERPT = HERE / "data/github-openapi-excerpt.json"
PRISM = HERE.parents[1] / "npm/contract/node_modules/.bin/prism"
SPEC = json.loads(EXCERPT.read_text())
STATES = ("queued", "running", "succeeded", "failed", "cancelled")


def say_everything(api: ForgeApi) -> None:
    """All that the adapter can say, in every state."""
    for state in STATES:
        api.status(replace(STATUS, state=state, description="x" * 500))
        made = api.deployment(
            replace(DEPLOYMENT, state=state, description="x" * 500, address="https://x.example.com"), ""
        )
        api.deployment(replace(DEPLOYMENT, state=state, production=True, transient=True), made)
    api.comment(COMMENT, api.comment(COMMENT, ""))
    api.comment(replace(COMMENT, text="x" * 100_000), "")


def operation(method: str, path: str) -> dict[str, Any]:
    for template, methods in SPEC["paths"].items():
        if re.fullmatch(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template)), path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    raise AssertionError(f"GitHub does not describe {method} {path}")


def complaint(method: str, path: str, body: Any) -> str:
    described = operation(method, path).get("requestBody")
    if described is None:
        return "" if body is None else "a body that GitHub does not describe"
    schema = {**described["content"]["application/json"]["schema"], "components": SPEC["components"]}
    found = next(iter(jsonschema_rs.validator_for(schema).iter_errors(body)), None)
    return str(found) if found else ""


@pytest.mark.parametrize("app", ["", "12345"], ids=["token", "app"])
def test_every_body_is_what_github_describes(app: str) -> None:
    with speaking("github") as forge:
        api = connect(Access("github", forge.url, "mike/shop", PEM if app else "s3cret", app), LOCAL)
        api.check()
        say_everything(api)

        assert {(m, p): c for m, p, body in forge.calls if (c := complaint(m, p, body))} == {}
        assert len(forge.calls) > 25
        assert all(len(one) <= 65_536 for one in forge.texts())
        assert all(len(said["description"]) <= 140 for said in forge.said("POST", "/statuses"))


def test_a_wrong_body_would_be_noticed() -> None:
    path = f"/repos/mike/shop/statuses/{STATUS.commit}"

    assert "bogus" in complaint("POST", path, {"state": "bogus"})
    assert complaint("POST", "/repos/mike/shop/issues/7/comments", {})
    with pytest.raises(AssertionError, match="does not describe"):
        complaint("DELETE", path, None)


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    """Installed by `make test-contract`: 74 MB that no other test needs."""
    assert PRISM.exists(), "make test-contract installs it"
    command = [str(PRISM), "mock", "--errors", "--host", "127.0.0.1", "--port", "0", str(EXCERPT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"listening on (http://127\.0\.0\.1:\d+)", line):
                break
        else:
            raise AssertionError("".join(said))
        yield found[1]
        process.terminate()
        process.stdout.read()


@pytest.mark.campaign
@pytest.mark.parametrize("app", ["", "12345"], ids=["token", "app"])
def test_a_server_that_validates_takes_every_request(prism: str, app: str) -> None:
    # But for the check: the example of that answer does not fit GitHub's own description of it.
    say_everything(connect(Access("github", prism, "mike/shop", PEM if app else "s3cret", app), LOCAL))


@pytest.mark.campaign
def test_the_server_refuses_what_github_does_not_describe(prism: str) -> None:
    with pytest.raises(ForgeRefused) as refused:
        Http(prism, LOCAL, {}).call("POST", f"/repos/a/b/statuses/{STATUS.commit}", {"state": "bogus"})

    assert refused.value.answered == 422
