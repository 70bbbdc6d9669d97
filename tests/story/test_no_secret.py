"""No secret is anywhere but under its seal: a Seed in which everything prints what it knows, searched everywhere."""

from __future__ import annotations

import itertools
import logging
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr, suppress
from http import HTTPStatus
from io import StringIO
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
import structlog
from starlette.testclient import TestClient
from tests.notify.listening import mailing, receiving
from tests.story.hushing import FAILS, HOOKS, OURS, SAY, Hush, account_of, printing_repository, settle
from tests.support.guarded import guarded
from tests.support.leaks import dumped, files, leaks, written
from tests.support.pages import described, pages
from tests.support.seeds import NUMBERS, PASSWORD, Seed, TestApp
from tests.support.waiting import eventually
from tests.support.web import on_loopback

from seed.apps.records import App, Stage
from seed.log import configure
from seed.notify.records import Notification, NotificationDelivery
from seed.people.tokens import make_token
from seed.promotions.records import Promotion
from seed.removals.records import Removal
from seed.server import application
from seed.work import intake
from seed.work.hearing import pushes
from seed.work.removing import removals

STEPS = {*HOOKS[:4], "install", "unit_tests", "package", "post_deploy"}
"""In which a build of this app prints."""
COMMANDS = """
app show {app}; build show {app} dev 2; variable list {app}; variable list {app} --stage prod --json; variable export {app} --stage dev
variable history {app} KEY; builds {app} --json; logs {app} dev 1; logs {app} dev 2; promotion show {promotion} --json
account list --json; forge show {app} --json; forge messages {app} --json; forge deliveries {app} --json
notification list {app} dev --json; notification log {app} dev --json; mail show --json; badge {app} dev --json
token list --json; cache show; finding list {promotion} --json; activity {app} --json
"""


@pytest.fixture
def server_log(seed: Seed, caplog: pytest.LogCaptureFixture) -> Iterator[StringIO]:
    """As it is written for people, with the traces of what broke."""
    text = StringIO()
    with redirect_stderr(text), caplog.at_level(logging.WARNING):
        configure(seed.world.settings.model_copy(update={"log_level": "debug"}))
        yield text
    structlog.reset_defaults()


@pytest.fixture
def hush(seed: Seed, alice: TestClient, server_log: StringIO, tmp_path: Path) -> Iterator[Hush]:  # noqa: ARG001
    number = next(NUMBERS)
    secrets = {
        **OURS,
        "account": f"account/keys+of={number}/AAAABBBB",
        "forge": f"glpat-{number}-forge-token",
        "webhook's key": f"a key of webhooks, {number}",
        "webhook's address": f"/hook/{number}-hush-hush-hush",
        "Slack's address": f"/services/T0{number}/B0/slack-hush",
        "mail": "right password",
        "repository": f"ghp/{number}+token=of&robin",
        "cookie": str(alice.cookies["seed_session"]),
        "password": PASSWORD,
    }
    with ExitStack() as open_ones:
        receiver, mailbox = open_ones.enter_context(receiving()), open_ones.enter_context(mailing())
        repository = printing_repository(tmp_path)
        served = open_ones.enter_context(guarded(repository, "robin", secrets["repository"]))
        account_of(seed, f"keys-{number}", number, secrets["account"])
        added = intake.add_app(seed.world, seed.alice, served.address, name=f"hush {number}", account=f"keys-{number}")
        app = TestApp(seed, repository, added.slug, f"keys-{number}")
        secrets["webhook secret"] = pushes.webhook_secret(seed.world, seed.alice, app.slug)
        with seed.world.database.write() as session:
            _, secrets["token"] = make_token(session, seed.alice, name="all", scope="admin", days=1)
        made = Hush(app, receiver, mailbox, secrets, secrets["token"])
        settle(made)
        yield made


def test_no_secret_is_in_any_log_page_answer_message_listing_file_or_row(
    hush: Hush, alice: TestClient, server_log: StringIO, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    promotion = _told_everything(hush, alice)
    places = {**_answers(hush, alice, promotion), **_typed(hush, promotion, monkeypatch, capsys)}
    places |= {f"SSE {number}": text for number, text in enumerate(_streams(hush))}
    removed = _removed(hush)
    places |= _answers_of_removal(hush, alice, removed)
    places |= _sent(hush) | _kept(hush)
    places["the server's log"] = f"{server_log.getvalue()}\n{caplog.text}".encode()

    assert len(places) > 80
    assert {place.split()[0] for place in places} >= {"GET", "CLI", "SSE", "file", "row", "POST", "mail", "database"}
    assert leaks(places, hush.secrets) == []


def test_the_search_finds_what_is_there() -> None:
    secret = OURS["KEY (prod)"]
    for form in written(secret):
        assert leaks({"a place": b"before " + form + b" after"}, {"KEY": secret}) == [("a place", "KEY")]
    assert leaks({"a place": b"a" * 100}, {"KEY": secret}) == []


def _told_everything(hush: Hush, alice: TestClient) -> Promotion:
    """A build, a promotion, a build that fails with its secret, a push that is told; until nobody waits any more."""
    app = hush.app
    first = app.deploy()
    assert first.state == "succeeded", f"{first.services[0].reason}\n{app.log(first.services[0])}"
    assert _printed(app, first.services[0].id) >= STEPS, "they were printed, and masked"
    review = app.promote()
    done = app.confirm(review)
    assert done.state == "promoted", done.reason
    app.repository.write("say.js", f"{SAY}{FAILS}")
    app.repository.write("seed.yml", "unit_tests: false\nbefore_compile: []\n")
    app.repository.edit("api/package.json", "node ../say.js", "node ../fails.js")
    app.repository.commit(f"Fail with {OURS['KEY (prod)']}")
    failed = app.deploy()
    assert failed.state == "failed"
    assert "***" in failed.services[0].reason
    body = {"object_kind": "push", "ref": "refs/heads/nowhere", "after": "a" * 40, "before": "b" * 40}
    signed = {"X-Gitlab-Token": hush.secrets["webhook secret"], "X-Gitlab-Event": "Push Hook"}
    for headers in (signed, {**signed, "X-Gitlab-Token": hush.secrets["webhook secret"][:-1]}):
        alice.post(f"/api/v1/hooks/{app.slug}/gitlab", json=body, headers=headers)
    eventually(lambda: _told(app), "the end of the messages", 20)
    return review


def _printed(app: TestApp, row_id: int) -> set[str]:
    from seed.work.logs.log import read

    lines = read(app.world.folders.log(row_id), 0, 100_000)
    return {line.step for line in lines if line.text == "plain ***"}


def _told(app: TestApp) -> bool:
    """All three were told of the failure, and nothing waits."""
    with app.world.database.read() as session:
        query = sa.select(NotificationDelivery).join(Notification).join(Stage).join(App).where(App.slug == app.slug)
        rows = session.scalars(query).all()
    return sum(row.event == "failed" for row in rows) == 3 and all(row.state != "waiting" for row in rows)


def _answers(hush: Hush, alice: TestClient, promotion: Promotion) -> dict[str, bytes]:
    """Every page, and every answer that the API's own description has."""
    slug = hush.app.slug
    more = (
        "/",
        "/accounts",
        "/mail",
        "/tokens",
        "/metrics",
        "/findings",
        "/server",
        f"/promotions/{promotion.id}/markdown",
    )
    asked = [*more, f"/api/v1/apps/{slug}/stages/dev/builds/1/logs/api/text?package=prod"]
    for path in described(alice):
        asked += _addresses(path.replace("{slug}", slug), promotion.id)
    seen = pages(alice, slug) | {address: alice.get(address) for address in asked}
    assert f"/apps/{slug}/dev/builds/2" in seen
    return _good(seen)


def _addresses(path: str, promotion: int) -> list[str]:
    path = path.replace("{service}", "api").replace("{promotion_id}", str(promotion))
    builds = (("dev", 1), ("dev", 2), ("prod", 1))
    if "{number}" in path:
        found = [path.replace("{stage}", stage).replace("{number}", str(number)) for stage, number in builds]
    elif path.endswith(f"/promotions/{promotion}/code"):
        found = []  # the first one changes no code; test_code_files.py reads one that holds a secret
    elif path.endswith("/variables/export"):
        found = [f"{path}?stage=dev", f"{path}?stage=prod"]
    else:
        found = list(dict.fromkeys(path.replace("{stage}", stage) for stage in ("dev", "prod")))
    assert not [address for address in found if "{" in address], "an answer that this test does not know"
    return found


def _typed(
    hush: Hush, promotion: Promotion, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, bytes]:
    """What commands print, in this process."""
    from seed.cli import main

    main.register()
    found = {}
    lines = COMMANDS.format(app=hush.app.slug, promotion=promotion.id).replace(";", "\n").split("\n")
    with on_loopback(application(hush.app.seed.server)) as place:
        monkeypatch.setenv("SEED_URL", f"http://{place}")
        monkeypatch.setenv("SEED_TOKEN", hush.secrets["token"])
        for line in filter(None, (one.strip() for one in lines)):
            with suppress(SystemExit):
                main.app(shlex.split(line), exit_on_error=False)
            said = capsys.readouterr()
            assert said.out, f"{line}: {said.err}"
            found[f"CLI {line}"] = (said.out + said.err).encode()
    return found


def _streams(hush: Hush) -> Iterator[bytes]:
    """A page's own stream of a build, which has no end: until it has brought the log."""
    with on_loopback(application(hush.app.seed.server)) as place:
        cookies = {"seed_session": hush.secrets["cookie"]}
        for number in (1, 2):
            address = f"http://{place}/apps/{hush.app.slug}/dev/builds/{number}/stream"
            with httpx2.stream("GET", address, cookies=cookies, timeout=20) as answer:
                lines = answer.iter_lines()
                yield "\n".join(
                    itertools.islice(itertools.dropwhile(lambda line: "event: lines" not in line, lines), 2)
                ).encode()


def _removed(hush: Hush) -> Removal:
    app = hush.app
    asked = removals.ask(app.world, app.seed.alice, app.slug, stage="dev", typed="dev").id

    def state() -> str:
        with app.world.database.read() as session:
            return session.get_one(Removal, asked).state

    eventually(lambda: state() != "removing", "the end of the removal")
    with app.world.database.read() as session:
        done = session.get_one(Removal, asked)
        assert (done.state, len(done.stacks)) == ("removed", 1), done.reason
        return done


def _answers_of_removal(hush: Hush, alice: TestClient, removal: Removal) -> dict[str, bytes]:
    at = f"/api/v1/removals/{removal.id}"
    log = f"{at}/stacks/{removal.stacks[0].id}/log"
    seen = {path: alice.get(path) for path in (at, log, f"/removals/{removal.id}", f"/apps/{hush.app.slug}/activity")}
    assert seen[log].text.count("plain ***") == 6, "of two hooks and the installation for them, two secrets each"
    return _good(seen)


def _sent(hush: Hush) -> dict[str, bytes]:
    """What went out. The addresses and the tokens it was sent with are there by right; the bodies are searched."""
    posts = {f"POST {number}": body for number, (_, _, body) in enumerate(hush.receiver.posts)}
    mails = {f"mail {number}": bytes(message) for number, message in enumerate(hush.mailbox.messages)}
    assert hush.mailbox.signed_in, "with its password"
    assert any("/statuses/" in path for path, _, _ in hush.receiver.posts), "the forge was told"
    return posts | mails


def _kept(hush: Hush) -> dict[str, bytes]:
    folders = hush.app.world.folders
    return files(folders.data, hush.began) | dumped(folders.database)


def _good(seen: dict[str, httpx2.Response]) -> dict[str, bytes]:
    assert [path for path, answer in seen.items() if answer.status_code != HTTPStatus.OK] == []
    return {f"GET {path}": answer.content for path, answer in seen.items()}
