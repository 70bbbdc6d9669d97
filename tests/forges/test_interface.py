"""What every forge promises, the fake one too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.forges.said import COMMENT, DEPLOYMENT, LOCAL, SHA, STATUS
from tests.forges.speaking import Forge, speaking

from seed.forges.connect import Access, connect
from seed.forges.errors import ForgeBusy, ForgeNotReached, ForgeRefused
from seed.forges.fake import FakeForge
from seed.forges.messages import Comment, Deployment, Status, from_json, kind_of, to_json
from seed.forges.port import ForgeApi
from seed.forges.webhooks import FORGES


@pytest.fixture(params=["fake", *FORGES])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def forge(kind: str) -> Iterator[Forge]:
    with speaking(kind) as found:
        yield found


@pytest.fixture
def api(kind: str, forge: Forge) -> ForgeApi:
    if kind == "fake":
        return FakeForge()
    return connect(Access(next(f for f in FORGES if f == kind), forge.url, "mike/shop", "s3cret"), LOCAL)


def comments(api: ForgeApi, forge: Forge) -> list[str]:
    return [one.text for one in api.comments.values()] if isinstance(api, FakeForge) else forge.texts()


def test_it_says_what_the_repository_is_called(api: ForgeApi) -> None:
    assert api.check() == "mike/shop"


@pytest.mark.parametrize("state", ["queued", "running", "succeeded", "failed", "cancelled"])
def test_a_status_is_taken_in_every_state(api: ForgeApi, state: Any) -> None:
    api.status(replace(STATUS, state=state))
    api.status(replace(STATUS, state=state))


def test_a_comment_is_updated_in_place(api: ForgeApi, forge: Forge) -> None:
    made = api.comment(COMMENT, "")

    assert api.comment(replace(COMMENT, text=f"{COMMENT.mark}\n\nNewer"), made) == made
    assert comments(api, forge) == [f"{COMMENT.mark}\n\nNewer"]


def test_a_comment_whose_id_was_lost_is_found_by_its_mark(api: ForgeApi, forge: Forge) -> None:
    for n in range(120):
        api.comment(Comment(7, f"[//]: # (seed-{n + 9000})", f"[//]: # (seed-{n + 9000})"), "")
    made = api.comment(COMMENT, "")

    assert api.comment(COMMENT, "") == made
    assert len(comments(api, forge)) == 121


def test_a_comment_that_somebody_deleted_is_made_anew(api: ForgeApi, forge: Forge) -> None:
    api.comment(COMMENT, "")
    (api.comments if isinstance(api, FakeForge) else forge.comments).clear()

    made = api.comment(COMMENT, "1000")

    assert made
    assert comments(api, forge) == [COMMENT.text]


def test_a_deployment_whose_id_was_lost_is_not_made_again(api: ForgeApi, kind: str, forge: Forge) -> None:
    first = api.deployment(DEPLOYMENT, "")
    again = api.deployment(replace(DEPLOYMENT, state="succeeded"), "")
    other = api.deployment(replace(DEPLOYMENT, key="shop/4"), "")

    assert first == again
    if kind in {"fake", "github"}:
        assert other != first
        assert len(api.deployments if isinstance(api, FakeForge) else forge.deployments) == 2
    else:
        assert first == other == ""


@pytest.mark.parametrize("message", [STATUS, DEPLOYMENT, COMMENT], ids=kind_of)
def test_a_message_comes_back_from_its_row_as_it_was(message: Status | Deployment | Comment) -> None:
    assert from_json(kind_of(message), to_json(message)) == message


@pytest.fixture(params=FORGES)
def real(request: pytest.FixtureRequest) -> Iterator[tuple[ForgeApi, Forge]]:
    with speaking(request.param) as found:
        yield connect(Access(request.param, found.url, "mike/shop", "s3cret"), LOCAL), found


def test_the_token_is_sent(real: tuple[ForgeApi, Forge]) -> None:
    api, forge = real

    api.status(STATUS)

    assert all("s3cret" in token for token in forge.tokens)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failing_forge_is_not_reached(real: tuple[ForgeApi, Forge], status: int) -> None:
    api, forge = real
    forge.refusal = (status, {}, b"<html>")

    with pytest.raises(ForgeNotReached):
        api.status(STATUS)


def test_a_forge_that_is_gone_is_not_reached() -> None:
    with speaking("github") as forge:
        api = connect(Access("github", forge.url, "mike/shop", "s3cret"), LOCAL)

    with pytest.raises(ForgeNotReached):
        api.status(STATUS)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 301])
def test_a_refusal_is_told_with_the_forges_words_and_without_the_token(
    real: tuple[ForgeApi, Forge], status: int
) -> None:
    api, forge = real
    forge.refusal = (status, {"Location": "http://127.0.0.1:1/"}, {"message": "Resource not accessible"})

    with pytest.raises(ForgeRefused) as refused:
        api.status(STATUS)

    assert refused.value.answered == status
    assert "Resource not accessible" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert len(forge.calls) == 1, "a redirect is not followed: it could take the token elsewhere"


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "30"}, 30),
        (403, {"Retry-After": "60"}, 60),
        (429, {}, 60),
        (429, {"Retry-After": "0"}, 5),
        (429, {"Retry-After": "999999999999"}, 7200),
    ],
)
def test_a_rate_limit_is_a_time(
    real: tuple[ForgeApi, Forge], status: int, headers: dict[str, str], seconds: int
) -> None:
    api, forge = real
    forge.refusal = (status, headers, {"message": "slow down"})

    before = datetime.now(UTC)
    with pytest.raises(ForgeBusy) as busy:
        api.status(STATUS)

    assert before <= busy.value.until - timedelta(seconds=seconds) <= datetime.now(UTC)


def test_gitlabs_repeated_state_is_no_failure() -> None:
    with speaking("gitlab") as forge:
        api = connect(Access("gitlab", forge.url, "mike/shop", "s3cret"), LOCAL)
        forge.refusal = (400, {}, {"message": "Cannot transition status via :run from :running"})

        api.status(STATUS)

        forge.refusal = (400, {}, {"message": "sha is invalid"})
        with pytest.raises(ForgeRefused):
            api.status(STATUS)


def test_what_each_forge_is_told_of_a_status() -> None:
    said = {}
    for kind in FORGES:
        with speaking(kind) as forge:
            connect(
                Access(kind, forge.url, "group/sub/shop" if kind == "gitlab" else "mike/shop", "s3cret"), LOCAL
            ).status(STATUS)
            said[kind] = forge.calls[0]

    assert said == {
        "github": ("POST", f"/repos/mike/shop/statuses/{SHA}", {
            "state": "pending", "target_url": STATUS.link, "description": STATUS.description, "context": "seed/dev"}),
        "gitlab": ("POST", f"/projects/group/sub/shop/statuses/{SHA}", {
            "state": "running", "target_url": STATUS.link, "description": STATUS.description, "name": "seed/dev"}),
        "bitbucket": ("POST", f"/repositories/mike/shop/commit/{SHA}/statuses/build", {
            "key": "seed/dev", "name": "seed/dev", "state": "INPROGRESS", "url": STATUS.link,
            "description": STATUS.description}),
    }  # fmt: skip
