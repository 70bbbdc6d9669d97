"""Services of an app: added, moved, taken away with their history kept, arranged in phases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.apps.staged import ALICE, app
from tests.support.seeded import Seeded

from seed.apps.find import services_of
from seed.apps.records import Service
from seed.apps.services import ServiceExists, add_service, arrange, check_by, forget_service, move_service
from seed.audit.records import AuditEvent
from seed.builds.phases import PhasesNotWhole
from seed.builds.pipeline import pipeline
from seed.builds.records import ServiceBuild
from seed.errors import Invalid
from seed.frameworks.assembly import FoundService
from seed.people.actor import Actor, NotAllowed
from seed.work.source import services as work
from seed.work.source.services import ServiceNotThere


def names(session: Session) -> dict[str, int]:
    return {row.name: row.phase for row in services_of(session, app(session).id, None)}


def test_phases_are_arranged_and_told(session: Session) -> None:
    arrange(session, ALICE, app(session), [["users"], [], ["orders", "mails"]])

    assert names(session) == {"users": 1, "orders": 2, "mails": 2}
    told = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "phases.arranged")).one()
    assert told.details["phases"] == [["users"], ["mails", "orders"]]


def test_an_arrangement_that_leaves_one_out_changes_nothing(session: Session) -> None:
    before = names(session)
    with pytest.raises(PhasesNotWhole):
        arrange(session, ALICE, app(session), [["users"], ["orders"]])
    assert names(session) == before


def test_a_service_taken_away_keeps_its_history_and_comes_back_with_it(session: Session) -> None:
    mails = services_of(session, app(session).id, ["mails"])[0]
    built = session.scalar(sa.select(sa.func.count()).where(ServiceBuild.service_id == mails.id))
    arrange(session, ALICE, app(session), [["mails"], ["users"], ["orders"]])

    forget_service(session, app(session), mails)

    session.flush()
    session.expire_all()
    assert names(session) == {"users": 1, "orders": 2}
    assert [row.name for row in pipeline(session, app(session)).rows] == ["users", "orders"]
    assert [row.name for row in app(session).services] == ["users", "orders"]
    back = add_service(session, ALICE, app(session), FoundService("services/mails", "serverless.yml", "mails"))
    assert (back.id, back.path, back.phase) == (mails.id, "services/mails", 2)
    assert session.scalar(sa.select(sa.func.count()).where(ServiceBuild.service_id == back.id)) == built > 0


def test_the_place_of_one_taken_away_is_free_for_another(session: Session) -> None:
    forget_service(session, app(session), services_of(session, app(session).id, ["mails"])[0])

    added = add_service(session, ALICE, app(session), FoundService("mails", "serverless.yml", "letters"))

    assert added.path == "mails"


def test_two_services_cannot_share_a_path_or_a_name(session: Session) -> None:
    users = services_of(session, app(session).id, ["users"])[0]
    with pytest.raises(ServiceExists):
        move_service(session, ALICE, app(session), users, FoundService("orders", "serverless.yml", "orders"))
    with pytest.raises(ServiceExists):
        add_service(session, ALICE, app(session), FoundService("elsewhere", "serverless.yml", "orders"))


def test_a_moved_service_keeps_its_name(session: Session) -> None:
    users = services_of(session, app(session).id, ["users"])[0]
    move_service(session, ALICE, app(session), users, FoundService("services/users", "serverless.yaml", "people"))
    row = session.get_one(Service, users.id)
    assert (row.name, row.path, row.config) == ("users", "services/users", "serverless.yaml")


def test_an_unknown_way_to_find_changes_is_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        check_by(session, ALICE, app(session), "magic")
    check_by(session, ALICE, app(session), "pnpm")
    assert app(session).check_code_change == "pnpm"


def test_only_an_admin_may(session: Session) -> None:
    deployer = Actor(1, "Bob", "deploy")
    with pytest.raises(NotAllowed):
        arrange(session, deployer, app(session), [["users", "orders", "mails"]])


def test_the_repository_is_looked_into(shop: Seeded) -> None:
    shop.repository.write("extra/serverless.yml", "service: extra\n")
    shop.repository.commit("Extra")

    found = {one.service.path: one.known for one in work.look(shop.world, ALICE, "shop")}

    assert found == {"extra": "", "mails": "mails", "orders": "orders", "users": "users"}
    with pytest.raises(ServiceNotThere):
        work.add_service(shop.world, ALICE, "shop", "../etc")
    assert work.add_service(shop.world, ALICE, "shop", "./extra/") == "extra"


def test_an_order_is_proposed_and_nothing_is_changed_by_it(shop: Seeded) -> None:
    text = (shop.repository.folder / "orders/serverless.yml").read_text()
    shop.repository.write("orders/serverless.yml", text + "custom: {arn: '${cf:users-${sls:stage}.TableArn}'}\n")
    shop.repository.commit("Orders need users")

    proposal = work.propose(shop.world, ALICE, "shop")

    assert proposal.phases[1] == ["orders"]
    assert proposal.too_early == [("orders", "users")]
    assert proposal.needs[0].because == "reads outputs of the stack users-*"
