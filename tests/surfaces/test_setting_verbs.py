"""What is set beside pipelines, on the command line: variables, notifications, mail, badges, keys and caches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.apps.staged import stage
from tests.support.seeded import Seeded

from seed.apps.records import App
from seed.audit.records import AuditEvent
from seed.notify.records import MailServer, Notification, NotificationDelivery, StageBadge
from seed.variables.records import REMOVED, Variable

Holds = Callable[[Session], bool]
SECRETS = {"SEED_NOTIFY_URL": "https://hooks.example.com/hush", "SEED_NOTIFY_KEY": "a key, sixteen letters",
           "SEED_MAIL_PASSWORD": "hush-hush"}  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """What is typed after `seed`, what is printed, and what holds then. `{last}` is the newest notification, `{sent}`
    the newest message of one, `{file}` a .env file."""

    line: str
    prints: tuple[str, ...]
    holds: Holds = lambda _session: True
    not_before: bool = False
    """What holds must not have held before."""


def does(line: str, prints: str, holds: Holds) -> Typed:
    return Typed(line, (prints,), holds, not_before=True)


def variables(session: Session, of: str = "") -> dict[str, str]:
    stage_id = stage(session, of).id if of else None
    rows = session.scalars(sa.select(Variable).where(Variable.stage_id.is_(stage_id), Variable.kind != REMOVED))
    return {row.name: row.kind for row in rows}


def audited(action: str) -> Holds:
    return lambda s: s.scalar(sa.select(AuditEvent.id).where(AuditEvent.action == action).limit(1)) is not None


def newest(session: Session) -> Notification:
    return session.scalars(sa.select(Notification).order_by(Notification.id.desc()).limit(1)).one()


def deliveries(session: Session) -> list[NotificationDelivery]:
    return list(session.scalars(sa.select(NotificationDelivery)))


def mail(session: Session) -> MailServer | None:
    return session.scalar(sa.select(MailServer))


def badge(session: Session) -> bool:
    return session.scalar(sa.select(StageBadge).where(StageBadge.stage_id == stage(session, "dev").id)) is not None


LINES = [
    does("variable set shop LOG debug --stage dev", "LOG counts from the next deployment on.",
         lambda s: variables(s, "dev").get("LOG") == "plain"),
    does("variable set shop KEY hush-hush --kind secret", "KEY counts", lambda s: variables(s).get("KEY") == "secret"),
    does("variable set shop URL /shop/url --kind ssm --service orders", "URL counts",
         lambda s: variables(s).get("URL") == "ssm"),
    does("variable set shop ONE hush-hush --kind secret --stage prod", "ONE counts",
         lambda s: variables(s, "prod") == {"ONE": "secret"}),
    does("variable import shop {file} --stage prod", "Set 2 variables.",
         lambda s: variables(s, "prod") == {"ONE": "secret", "TWO": "plain"}),
    Typed("variable list shop", ("LOG", "dev", "debug", "(secret)", "orders", "ssm: /shop/url", "Alice")),
    Typed("variable list shop --stage prod --json", ('"name": "TWO"', '"value": "2 3"')),
    Typed("variable history shop KEY", ("secret", "all")),
    Typed("variable export shop --stage dev", ("LOG=debug", "# KEY is secret")),
    does("variable remove shop LOG --stage dev", "Removed LOG", lambda s: "LOG" not in variables(s, "dev")),
    does("mail set smtp.example.com seed@example.com --username seed", "Mail goes through smtp.example.com",
         lambda s: (row := mail(s)) is not None and row.sealed_password is not None),
    Typed("mail show", ("smtp.example.com:587 (starttls) as seed, from seed@example.com",)),
    Typed("mail show --json", ('"host": "smtp.example.com"',)),
    does("notification slack shop dev --channel '#ops' --event failed", "hooks.example.com",
         lambda s: (row := newest(s)).kind == "slack" and row.channel == "#ops" and row.events == "failed"),
    does("notification change shop dev {last} --event review --event failed", "Told from now on:",
         lambda s: set(newest(s).events.split(",")) == {"review", "failed"}),
    does("notification email shop dev bob@example.com eve@example.com", "bob@example.com",
         lambda s: newest(s).kind == "email" and "eve@example.com" in newest(s).target),
    does("notification webhook shop dev https://x.example.com/hook", "x.example.com",
         lambda s: newest(s).kind == "webhook" and newest(s).sealed_key is not None),
    Typed("notification list shop dev", ("slack", "#ops", "bob@example.com", "x.example.com", "yes")),
    does("notification test shop dev {last}", "On its way", lambda s: len(deliveries(s)) == 1),
    Typed("notification log shop dev", ("webhook", "waiting")),
    does("notification resend shop dev {sent}", "On its way", lambda s: len(deliveries(s)) == 2),
    Typed("notification log shop dev --limit 1 --json", ('"kind": "webhook"',)),
    does("notification remove shop dev {last}", "Removed", lambda s: newest(s).kind == "email"),
    Typed("badge shop prod", ("prod has no badge; seed badge shop prod on",)),
    does("badge shop dev on", "![build](http", badge),
    Typed("badge shop dev", ("/badges/",)),
    does("badge shop dev off", "dev has no badge", lambda s: not badge(s)),
    does("mail remove", "Seed sends no e-mail any more.", lambda s: mail(s) is None),
    does("keys rotate", "values are sealed with the new key.", audited("keys.rotated")),
    Typed("cache show", ("dependencies", "folders", "0.0 of 5120 MB")),
    does("cache clear folders", "folders", audited("cache.cleared")),
]  # fmt: skip


@pytest.fixture
def bare(shop: Seeded) -> Seeded:
    """Nothing of all this is set."""

    def clear(session: Session) -> None:
        for record in (NotificationDelivery, Notification, MailServer, StageBadge):
            session.execute(sa.delete(record))
        session.execute(sa.update(Variable).values(kind=REMOVED))

    shop.write(clear)
    return shop


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("secrets")
def test_each_does_what_it_says_and_says_what_it_did(
    bare: Seeded, type_in: Callable[[str], str], tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("ONE=hush-anew\nTWO='2 3'\n")
    printed = ""
    for one in LINES:
        with bare.world.database.read() as session:
            assert not (one.not_before and held(one, session)), f"{one.line}: so before"
            line = one.line.format(last=newest(session).id if "{last}" in one.line else 0, file=file,
                                   sent=max((row.id for row in deliveries(session)), default=0))  # fmt: skip
        said = type_in(line)
        printed += said
        with bare.world.database.read() as session:
            assert held(one, session), f"{line}: {said}"
        assert [words for words in one.prints if words not in said] == [], f"{line}: {said}"
    assert [secret for secret in ("hush", SECRETS["SEED_NOTIFY_KEY"]) if secret in printed] == []


def held(one: Typed, session: Session) -> bool:
    try:
        return one.holds(session)
    except sa.exc.NoResultFound:
        return False


def test_a_secret_is_read_from_standard_input(bare: Seeded, url: str, token: str) -> None:
    typed = (sys.executable, "-m", "seed.cli.main", "variable", "set", "shop", "KEY", "--kind", "secret", "--json")
    env = {"PATH": os.environ["PATH"], "SEED_URL": url, "SEED_TOKEN": token}

    ended = subprocess.run(
        typed, env=env, input="from a pipe\n", capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert "from a pipe" not in ended.stdout + ended.stderr
    with bare.world.database.read() as session:
        from seed.variables.change import value_of

        app = session.scalars(sa.select(App)).one()
        row = session.scalars(sa.select(Variable).where(Variable.app_id == app.id, Variable.name == "KEY")).one()
        assert value_of(session, bare.world.vault, row) == "from a pipe"
