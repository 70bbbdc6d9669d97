"""What can be done to a pipeline can be done in the API, on the command line and in the console, and comes to the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.apps.staged import stage
from tests.support.seeded import Seeded
from tests.support.web import application_of

from seed.apps.find import stages_of
from seed.apps.records import App, Service, Stage
from seed.automatic.find import settings_of
from seed.builds.records import Build
from seed.db.base import now
from seed.promotions.cancel import REASON
from seed.promotions.records import Promotion
from seed.removals.records import Removal

Call = tuple[str, str, Mapping[str, Any] | None]


@dataclass(frozen=True)
class Verb:
    """`api` is under the app's address, `page` too; `cli` is what is typed after `seed`."""

    cli: str
    api: Call
    page: tuple[str, Mapping[str, Any]]
    holds: Callable[[Session], bool]


def build(session: Session, name: str) -> Build:
    return session.scalars(sa.select(Build).where(Build.stage_id == stage(session, name).id)).one()


def app(session: Session) -> App:
    return session.scalars(sa.select(App)).one()


def order(session: Session) -> list[str]:
    return [one.name for one in stages_of(session, app(session).id)]


def is_so(name: str, **values: Any) -> Callable[[Session], bool]:
    return lambda session: all(getattr(stage(session, name), key) == value for key, value in values.items())


AT, TEST, PROD = "/settings/stages", "/settings/stages/test", "/settings/stages/prod"
VERBS = [
    Verb("cancel shop prod 99", ("POST", "/stages/prod/builds/99/cancel", None), ("/prod/builds/99/cancel", {}),
         lambda s: {one.state for one in s.scalars(sa.select(Promotion).where(Promotion.reason == REASON))} == {"rejected"}),
    Verb("stage add shop qa --branch qa", ("POST", "/stages", {"name": "qa", "branch": "qa"}),
         (AT, {"name": "qa", "branch": "qa", "account": "local"}),
         is_so("qa", kind="development", branch="qa", auto_deploy=True)),
    Verb("stage add shop prod-us --kind production", ("POST", "/stages", {"name": "prod-us", "kind": "production"}),
         (AT, {"name": "prod-us", "kind": "production", "account": "local"}),
         is_so("prod-us", kind="production", branch="", auto_deploy=False)),
    Verb("stage rename shop qa test", ("PATCH", "/stages/qa", {"name": "test"}), (f"{AT}/qa/rename", {"name": "test"}),
         is_so("test", branch="qa")),
    Verb("stage set shop test --account production", ("PATCH", "/stages/test", {"account": "production"}),
         (f"{TEST}/account", {"account": "production"}), lambda s: stage(s, "test").account.name == "production"),
    Verb("stage kind shop test staging", ("PATCH", "/stages/test", {"kind": "staging"}),
         (f"{TEST}/kind", {"kind": "staging"}), is_so("test", kind="staging", branch="", auto_deploy=False)),
    Verb("stage kind shop test development", ("PATCH", "/stages/test", {"kind": "development"}),
         (f"{TEST}/kind", {"kind": "development"}), is_so("test", kind="development", branch="main", auto_deploy=False)),
    Verb("stage push shop test deploys", ("PATCH", "/stages/test", {"auto_deploy": True}),
         (f"{TEST}/push", {"on": "yes"}), is_so("test", auto_deploy=True)),
    Verb("stage functions shop test direct", ("PATCH", "/stages/test", {"functions_only": True}),
         (f"{TEST}/functions", {"on": "yes"}), is_so("test", functions_only=True)),
    Verb("stage source shop test main", ("PUT", "/stages/test/source", {"branch": "main"}),
         (f"{TEST}/source", {"branch": "main"}), lambda s: build(s, "test").trigger == "source"),
    Verb("cancel shop test 1 --update", ("POST", "/stages/test/builds/1/cancel?update=true", None),
         ("/test/builds/1/cancel", {"update": "yes"}), lambda s: build(s, "test").state == "cancelled"),
    Verb("stage promote shop prod findings", ("PATCH", "/stages/prod", {"auto_promote": "findings"}),
         (f"{PROD}/promote", {"level": "findings"}), is_so("prod", auto_promote="findings")),
    Verb("stage review shop prod always", ("PATCH", "/stages/prod", {"always_review": True}),
         (f"{PROD}/review", {"always": "yes"}), is_so("prod", always_review=True)),
    Verb("stage package shop prod asked", ("PATCH", "/stages/prod", {"package_when_asked": True}),
         (f"{PROD}/package", {"asked": "yes"}), is_so("prod", package_when_asked=True)),
    Verb("stage post-deploy shop prod 'npm run smoke' env", ("PATCH", "/stages/prod", {"post_deploy": ["npm run smoke", "env"]}),
         (f"{PROD}/post-deploy", {"commands": "npm run smoke\nenv"}), is_so("prod", post_deploy="npm run smoke\nenv")),
    Verb("stage order shop test dev staging prod-us prod feature",
         ("PUT", "/stages", {"names": ["test", "dev", "staging", "prod-us", "prod", "feature"]}),
         ("/settings/order", {"stage": ["test", "dev", "staging", "prod-us", "prod", "feature"]}),
         lambda s: order(s) == ["test", "dev", "staging", "prod-us", "prod", "feature"]),
    Verb("stage keep shop feature", ("POST", "/stages/feature/keep", None), (f"{AT}/feature/keep", {}),
         is_so("feature", closing="")),
    Verb("stage for-each shop pull-request on --most 3 --previews yes",
         ("PATCH", "/automatic-stages/pull-request", {"on": True, "most": 3, "previews": True}),
         ("/settings/automatic/pull-request", {"on": "yes", "most": "3", "previews": "yes"}),
         lambda s: (found := settings_of(s, app(s).id, "pull-request")).on and found.previews and found.most == 3),
    Verb("app edit shop --poll-seconds 60", ("PATCH", "", {"poll_seconds": 60}), ("/settings/poll", {"seconds": "60"}),
         lambda s: app(s).poll_seconds == 60),
    Verb("app edit shop --stages-at-once 2", ("PATCH", "", {"stages_at_once": 2}), ("/settings/at-once", {"number": "2"}),
         lambda s: (app(s).stages_at_once, app(s).poll_seconds) == (2, 60)),
    Verb("remove shop --stage feature --type feature --keep",
         ("POST", "/removals", {"stage": "feature", "name": "feature", "keep": True}),
         ("/settings/removal", {"stage": "feature", "name": "feature", "keep": "yes"}),
         lambda s: stage(s, "feature").removing and s.scalars(sa.select(Removal)).one().keep),
]  # fmt: skip


def waits_for_its_turn(session: Session) -> None:
    """A confirmed promotion, as build 99 of production."""
    one = session.scalars(sa.select(Promotion).where(Promotion.target_stage_id == stage(session, "prod").id)).first()
    assert one is not None
    made = Build(app_id=one.app_id, stage_id=one.target_stage_id, number=99, trigger="promotion", commit="c" * 40,
                 asked_by="Alice", promotion_id=one.id, reason="Waits for its turn.")  # fmt: skip
    session.add(made)
    session.flush()
    one.state, one.target_build_id, one.reason = "confirmed", made.id, ""


def all_hold(shop: Seeded, say: Callable[[Verb], object]) -> None:
    shop.write(waits_for_its_turn)
    for verb in VERBS:
        with shop.world.database.read() as session:
            assert not is_there(verb, session), f"{verb.cli}: so before"
        answer = say(verb)
        with shop.world.database.read() as session:
            assert is_there(verb, session), f"{verb.cli}: {answer}"


def is_there(verb: Verb, session: Session) -> bool:
    try:
        return verb.holds(session)
    except sa.exc.NoResultFound:
        return False


def test_in_the_api(shop: Seeded, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    web = TestClient(application_of(shop.server), base_url="http://127.0.0.1", headers=headers)

    def say(verb: Verb) -> object:
        method, path, body = verb.api
        answer = web.request(method, f"/api/v1/apps/shop{path}", json=body)
        assert answer.is_success, f"{verb.api}: {answer.text}"
        return answer.text

    all_hold(shop, say)


def test_a_stages_own_page_says_that_it_goes_that_nobody_reads_and_offers_force(shop: Seeded) -> None:
    shop.write(lambda s: s.execute(sa.update(Stage).where(Stage.name == "prod").values(auto_promote="never")))
    shop.write(lambda s: s.execute(sa.update(Service).where(Service.name != "orders").values(removed_at=now())))
    web = TestClient(application_of(shop.server), base_url="http://127.0.0.1")
    web.cookies.set("seed_session", shop.key())

    assert "Nobody reads what changes here" in web.get("/apps/shop/prod").text
    feature = web.get("/apps/shop/feature").text
    assert "It goes soon: idle." in feature
    assert "/settings/stages/feature/keep" in feature
    assert 'name="force"' in feature, "also where there is one service"


def test_a_promotion_that_waits_for_its_turn_is_taken_back_on_its_page_with_a_reason(shop: Seeded) -> None:
    shop.write(waits_for_its_turn)
    number = shop.write(lambda s: s.scalars(sa.select(Promotion.id).where(Promotion.state == "confirmed")).one())
    web = TestClient(application_of(shop.server), base_url="http://127.0.0.1")
    web.cookies.set("seed_session", shop.key())

    assert "It waits for its turn to be deployed to prod." in web.get(f"/promotions/{number}").text
    done = web.post(f"/promotions/{number}/reject", data={"reason": "Not on a Friday."}).text

    assert "Rejected. Nothing was deployed." in done
    assert "Not on a Friday." in done


def test_in_the_console(shop: Seeded) -> None:
    web = TestClient(application_of(shop.server), base_url="http://127.0.0.1", follow_redirects=False)
    web.cookies.set("seed_session", shop.key())

    def say(verb: Verb) -> object:
        answer = web.post(f"/apps/shop{verb.page[0]}", data=dict(verb.page[1]))
        assert answer.status_code == 303, f"{verb.page}: {answer.text}"
        return answer.text

    all_hold(shop, say)


def test_on_the_command_line(shop: Seeded, type_in: Callable[[str], str]) -> None:
    assert "goes: idle" in type_in("stage list shop")
    all_hold(shop, lambda verb: type_in(verb.cli))
    type_in("stage promote shop prod never")
    assert "WARNING: nobody reads what changes here" in type_in("stage list shop")
