"""An app whose code prints every secret that it is given, in a Seed that has one in each place."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.notify.listening import Mailbox, Receiver
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp

from seed.apps.accounts import add_account
from seed.apps.find import app_of, stage_of
from seed.apps.post_deploy import set_post_deploy
from seed.aws.values import AccountSettings
from seed.connections.connect import Asked as AskedForge
from seed.connections.connect import connect_forge
from seed.notify.badge import set_badge
from seed.notify.mail_server import AskedServer, set_mail_server
from seed.notify.targets import Asked, add_notification
from seed.variables.change import set_variable

SAY = """
for (const name of ['KEY', 'AWS_SECRET_ACCESS_KEY']) {
  const text = process.env[name] || '';
  console.log('plain ' + text);
  console.error('base64 ' + Buffer.from(text).toString('base64'));
  console.log('inside ' + Buffer.from('user:' + text + ':x').toString('base64'));
  console.log('url ' + encodeURIComponent(text));
  console.log('json ' + JSON.stringify({text}));
  console.log('hex ' + Buffer.from(text).toString('hex'));
}
"""
HOOKS = ("before_compile", "before_build", "before_deploy", "after_deploy", "before_remove", "after_remove")
FAILS = "const text = process.env.KEY;\nthrow new Error('it is ' + text);\n"
OURS = {"KEY (dev)": "quiet&quiet of dev ø", "KEY (prod)": "hush/hush+of=prod æ"}


@dataclass
class Hush:
    """An app whose code prints what it is given, and the secrets that it and its Seed have, by what they are."""

    app: TestApp
    receiver: Receiver
    mailbox: Mailbox
    secrets: dict[str, str]
    token: str
    began: float = field(default_factory=time.time)


def account_of(seed: Seed, name: str, number: int, key: str) -> None:
    assert seed.server.local is not None
    settings = AccountSettings("keys", access_key_id=f"{number % 10**12:012d}", secret_access_key=key,
                               endpoint_url=seed.server.local.endpoint)  # fmt: skip
    with seed.world.database.write() as session:
        add_account(session, seed.alice, name, settings, seed.world.vault)


def printing_repository(folder: Path) -> Repository:
    repository = Repository(folder / "repository")
    package = {"name": "api", "version": "1.0.0"}
    scripts = {"postinstall": "node ../say.js", "test": "node ../say.js"}
    lock = {**package, "lockfileVersion": 3, "packages": {"": package}}
    repository.write("api/package.json", json.dumps({**package, "scripts": scripts}))
    repository.write("api/package-lock.json", json.dumps(lock))
    repository.write("say.js", f"{SAY}module.exports.text = 'Says hello';\n")
    repository.write("fails.js", "")
    repository.write("seed.yml", "unit_tests: true\n" + "".join(f"{hook}: [node say.js]\n" for hook in HOOKS))
    repository.edit("api/serverless.yml", "handler: hello.handler",
                    "handler: hello.handler\n    description: ${file(../say.js):text}")  # fmt: skip
    repository.commit(f"Print them all, {OURS['KEY (dev)']} too")
    return repository


def settle(hush: Hush) -> None:
    """Every place in which Seed keeps a secret has one."""
    app, world, actor = hush.app, hush.app.world, hush.app.seed.alice
    vault, private, url = world.vault, world.settings.private, hush.receiver.url
    with world.database.write() as session:
        found = app_of(session, actor, app.slug)
        forge = AskedForge("gitlab", "hush/hush", api_url=url, secret=hush.secrets["forge"])
        connect_forge(session, actor, found, forge, vault, private)
        mail = AskedServer("127.0.0.1", "seed@example.com", hush.mailbox.port, "none", "seed", hush.secrets["mail"])
        set_mail_server(session, actor, vault, mail, private)
        for name in ("dev", "prod"):
            stage = stage_of(session, actor, app.slug, name)
            set_variable(session, vault, actor, found, "KEY", OURS[f"KEY ({name})"], kind="secret", stage=stage)
            set_post_deploy(session, actor, stage, ["node say.js"])
            for asked in (
                Asked("webhook", url=url + hush.secrets["webhook's address"], key=hush.secrets["webhook's key"]),
                Asked("slack", url=url + hush.secrets["Slack's address"]),
                Asked("email", recipients="bob@example.com"),
            ):
                add_notification(session, actor, vault, stage, asked, private)
        set_badge(session, actor, stage_of(session, actor, app.slug, "dev"), on=True)
