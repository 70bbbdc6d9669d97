"""The compatibility report where people look: the page, the API, and the failure of a package step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.support.seeded import Seeded, copied
from tests.support.web import application_of

from seed import spec
from seed.builds.records import ServiceBuild
from seed.errors import SeedError
from seed.frameworks.assembly import FoundService
from seed.git.command import git
from seed.work.packaging.compat import reported
from seed.work.rows import as_failure
from seed.work.secrets import masker

CONFIG = """\
service: orders
provider:
  name: aws
  runtime: nodejs12.x
  environment:
    WORD: ${env:WORD}
plugins:
  - serverless-offline
"""


@pytest.fixture
def old(template: Seeded, tmp_path: Path) -> Iterator[Seeded]:
    """A service as it is in the world, and one that fits."""
    made = copied(template, tmp_path)
    made.repository.write("orders/serverless.yml", CONFIG)
    made.repository.commit("As it was left")
    yield made
    made.close()


def client(shop: Seeded) -> TestClient:
    found = TestClient(application_of(shop.server), base_url="http://127.0.0.1", follow_redirects=False)
    found.cookies.set("seed_session", shop.key())
    return found


def test_the_page_and_the_api_tell_what_stops_a_service_and_the_smallest_edit(old: Seeded) -> None:
    alice = client(old)
    before = (old.repository.folder / "orders/serverless.yml").read_text()

    page = alice.get("/apps/shop/services/check")
    answer = alice.get("/api/v1/apps/shop/check")

    assert page.status_code == answer.status_code == 200
    found = {one["service"]: one for one in answer.json()}
    assert [one["code"] for one in found["orders"]["problems"]] == ["plugin-missing", "runtime-ended", "env-missing"]
    assert "+  runtime: nodejs22.x" in found["orders"]["diff"]
    assert found["users"]["fits"]
    for said in ("ended the runtime nodejs12.x", "+  runtime: nodejs22.x", "orders/serverless.yml:4"):
        assert said in page.text
    assert (old.repository.folder / "orders/serverless.yml").read_text() == before


def test_a_failed_package_step_brings_the_report_to_its_page(old: Seeded) -> None:
    error = SeedError("Cannot find the plugin.")
    service = FoundService("orders", "serverless.yml", "orders")
    error.report = reported(old.repository.folder, service, set(), masker(old.world)).as_dict()
    with old.world.database.write() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.state == "failed")).first()
        row.failure = as_failure(error)
        stage, number, slug = row.build.stage.name, row.build.number, row.build.stage.app.slug

    alice = client(old)
    page = alice.get(f"/apps/{slug}/{stage}/builds/{number}").text
    answer = alice.get(f"/api/v1/apps/{slug}/stages/{stage}/builds/{number}").json()

    assert "The plugin serverless-offline stands in no package.json" in page
    assert "+  runtime: nodejs22.x" in page
    [failure] = [one["failure"] for one in answer["services"] if one["failure"]]
    assert failure["report"]["fits"] is False


def test_a_configuration_that_cannot_be_read_is_told_as_a_problem(old: Seeded) -> None:
    old.repository.write("orders/serverless.yml", "service: [\n")
    old.repository.commit("Broken")
    [orders] = [one for one in client(old).get("/api/v1/apps/shop/check").json() if one["service"] == "orders"]
    assert [one["code"] for one in orders["problems"]] == ["config-not-readable"]


def test_what_is_wrong_with_the_build_spec_stands_on_the_page_before_a_build_finds_it(old: Seeded) -> None:
    old.repository.write("seed.yml", "before_biuld: [make]\ntimeout: soon\ncache: <b>\n")
    old.repository.commit("Three wrong words")

    page = client(old).get("/apps/shop/services/check")

    assert page.status_code == 200
    for said in ("Did you mean before_build?", "<code>seed.yml:1</code>", "<code>seed.yml:2</code>", "seed.yml:3"):
        assert said in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize("text", ["before_build: [make]\n", ""])
def test_a_good_build_spec_needs_no_words(old: Seeded, text: str) -> None:
    old.repository.write("seed.yml", text)
    old.repository.commit("Good")

    assert "check-spec" not in client(old).get("/apps/shop/services/check").text


def test_any_branch_tag_or_commit_is_looked_at(old: Seeded) -> None:
    first = old.commits[0]
    git(("checkout", "-q", "-b", "wrong/spec"), cwd=old.repository.folder)
    old.repository.write("seed.yml", "before_biuld: [make]\n")
    sha = old.repository.commit("A wrong word")
    git(("checkout", "-q", "main"), cwd=old.repository.folder)
    alice = client(old)

    for ref, wrong in (("", 0), ("wrong/spec", 1), (sha[:10], 1), (first, 0)):
        page = alice.get("/apps/shop/services/check", params={"commit": ref})
        said = alice.get("/api/v1/apps/shop/lint", params={"commit": ref}).json()
        assert ("Did you mean before_build?" in page.text, len(said)) == (bool(wrong), wrong)
    fitting = {one["service"]: one["fits"] for one in alice.get(f"/api/v1/apps/shop/check?commit={first}").json()}
    assert fitting["orders"]
    assert alice.get("/apps/shop/services/check?commit=nowhere").status_code == 404
    assert alice.get("/api/v1/apps/shop/lint?commit=nowhere").status_code == 404
    assert "--commit &#39;a; b&#39;" in alice.get("/apps/shop/services/check", params={"commit": "a; b"}).text


def test_an_editor_gets_the_schema_without_signing_in(old: Seeded) -> None:
    nobody = TestClient(application_of(old.server), base_url="http://127.0.0.1")

    assert nobody.get("/seed.schema.json").json() == spec.schema()
    assert 'href="/seed.schema.json"' in client(old).get("/apps/shop/services/check").text
