"""Variables on their way: into builds and functions, and out of date when they change."""

from __future__ import annotations

import json

import boto3
import pytest
import sqlalchemy as sa
from tests.story.conftest import MakeApp
from tests.support.seeds import TestApp

from seed.apps.find import stage_of
from seed.apps.records import App
from seed.connections.records import KnownPullRequest
from seed.variables.change import set_variable
from seed.work.errors import PlannedAgain
from seed.work.promoting.review import repackaged

SECRET = "hush/hush+of=prod æ"
LEAK = """
const text = process.env.KEY || '';
console.log('plain ' + text);
console.log('base64 ' + Buffer.from(text).toString('base64'));
console.log('inside ' + Buffer.from('user:' + text + ':x').toString('base64'));
console.log('url ' + encodeURIComponent(text));
console.log('json ' + JSON.stringify({text}));
console.log('hex ' + Buffer.from(text).toString('hex'));
module.exports = { service: 'api', provider: { name: 'aws', runtime: 'nodejs20.x' },
  functions: { hello: { handler: 'hello.handler', description: process.env.FAIL_WITH ? '' : 'Says hello' } } };
if (process.env.FAIL) { throw new Error('it is ' + text); }
"""


def give(app: TestApp, name: str, value: str, kind: str = "", stage: str = "") -> None:
    with app.world.database.write() as session:
        found = session.scalars(sa.select(App).where(App.slug == app.slug)).one()
        where = stage_of(session, app.seed.alice, app.slug, stage) if stage else None
        set_variable(session, app.world.vault, app.seed.alice, found, name, value, kind=kind, stage=where)


def runs_with(app: TestApp, stage: str) -> dict[str, str]:
    """The environment of the function, as Lambda has it."""
    env = app.cloud.environment()
    client = boto3.client(
        "lambda", endpoint_url=env["AWS_ENDPOINT_URL"], region_name="us-east-1",
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"], aws_secret_access_key="x",
    )  # fmt: skip
    found = client.get_function_configuration(FunctionName=f"api-{stage}-hello")
    client.close()
    return dict(found["Environment"]["Variables"])


def test_variables_reach_functions_and_a_change_packages_again_and_says_so(make_app: MakeApp) -> None:
    app = make_app()
    give(app, "GREETING", "hello dev", stage="dev")
    give(app, "LOG_LEVEL", "debug")
    give(app, "KEY", SECRET, "secret", "prod")
    app.live()

    assert runs_with(app, "dev")["GREETING"] == "hello dev"
    assert runs_with(app, "dev")["LOG_LEVEL"] == "debug", "it overrides what the configuration says"
    assert runs_with(app, "prod")["KEY"] == SECRET
    assert "KEY" not in runs_with(app, "dev")
    assert SECRET not in (app.cloud.template("api-prod") or "")
    assert app.promote().state == "unchanged", "the same secret again changes nothing"

    give(app, "KEY", "another hush", "secret", "prod")
    review = app.promote()
    assert review.state == "review"
    assert repackaged(review.plans[0]).startswith("Packaged again for prod: the variable KEY changed after build 1")
    assert "another hush" not in json.dumps(review.plans[0].changes)
    assert app.confirm(review).state == "promoted"
    assert runs_with(app, "prod")["KEY"] == "another hush"

    back = app.confirm(app.roll_back(1))
    assert back.state == "promoted", back.reason
    assert runs_with(app, "prod")["KEY"] == SECRET, "a rollback runs what ran, its variables included"


def test_a_variable_that_changes_between_review_and_confirmation_plans_again_and_says_so(make_app: MakeApp) -> None:
    app = make_app()
    give(app, "GREETING", "hello prod", stage="prod")
    app.live()
    app.repository.write("api/hello.js", "exports.handler = async () => 2;\n")
    app.repository.commit("Other code")
    app.deploy()
    review = app.promote()
    assert review.state == "review"

    give(app, "GREETING", "good day", stage="prod")
    with pytest.raises(PlannedAgain, match="The variable GREETING changed after this was planned") as told:
        app.confirm(review)

    assert runs_with(app, "prod")["GREETING"] == "hello prod", "nothing was deployed"
    number = int(told.value.hint.rpartition(" ")[2])
    again = app.settled(number)
    assert again.replaces_id == review.id
    assert repackaged(again.plans[0]).startswith("Packaged again for prod: the variable GREETING changed after build 2")
    assert app.confirm(again).state == "promoted"
    assert runs_with(app, "prod")["GREETING"] == "good day"


def test_a_changed_variable_deploys_a_service_whose_files_did_not_change(make_app: MakeApp) -> None:
    app = make_app("api", "web")
    app.deploy()
    give(app, "GREETING", "hello", stage="dev")

    app.repository.commit("Nothing", allow_empty=True)
    build = app.deploy()

    assert app.service(build, "api").state == "succeeded"
    assert "the variable GREETING changed since build 1" in app.log(app.service(build, "api"))


def test_a_strangers_code_is_not_packaged_with_productions_variables(make_app: MakeApp) -> None:
    app = make_app()
    give(app, "KEY", SECRET, "secret", "prod")
    with app.world.database.write() as session:
        found = session.scalars(sa.select(App).where(App.slug == app.slug)).one()
        head = app.repository.commit("From a stranger", allow_empty=True)
        session.add(
            KnownPullRequest(app_id=found.id, number=1, state="open", head_branch="main", head_commit=head,
                             base_branch="main", title="x", author="mallory", from_fork=True)
        )  # fmt: skip

    build = app.deploy()

    assert build.state == "succeeded"
    assert [made.id for row in build.services for made in _downstream(app, row.id)] == []


def test_a_reference_is_followed_for_the_build_and_never_shown(make_app: MakeApp) -> None:
    app = make_app()
    env = app.cloud.environment()
    ssm = boto3.client(
        "ssm", endpoint_url=env["AWS_ENDPOINT_URL"], region_name="us-east-1",
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"], aws_secret_access_key="x",
    )  # fmt: skip
    ssm.put_parameter(Name="/shop/key", Value="from the store", Type="SecureString")
    give(app, "KEY", "/shop/key", "ssm", "dev")
    refused = app.deploy().services[0]
    assert (refused.failure or {})["code"] == "reference-secure", refused.reason
    assert "The variable KEY names /shop/key, a SecureString" in refused.reason
    ssm.put_parameter(Name="/shop/key", Value="from the store", Type="String", Overwrite=True)
    ssm.close()
    app.repository.write("api/serverless.js", LEAK)
    (app.repository.folder / "api/serverless.yml").unlink()
    app.repository.write("api/serverless.yml", "service: api\nprovider: {name: aws, runtime: nodejs20.x}\n"
                         "functions: {hello: {handler: hello.handler, description: '${file(./say.js):text}'}}\n")  # fmt: skip
    (app.repository.folder / "api/serverless.js").unlink()
    app.repository.write(
        "api/say.js", LEAK.split("module.exports", maxsplit=1)[0] + "module.exports.text = 'x' + text.length;\n"
    )
    app.repository.write("seed.yml", """after_deploy: ['echo "it is $KEY"']\n""")
    app.repository.commit("Say it")
    give(app, "KEY", "/shop/key", "ssm", "prod")

    build = app.deploy()
    done = app.confirm(app.promote())

    assert (build.state, done.state) == ("succeeded", "promoted"), (build.services[0].reason, done.reason)
    for one in (build, app.ended(done.target_build_id or 0)):
        said = app.log(app.service(one, "api"))
        assert "it is ***" in said
        assert "from the store" not in said
    assert "plain ***" in app.log(build.services[0])
    assert runs_with(app, "dev")["KEY"] == "from the store"


def _downstream(app: TestApp, row_id: int) -> list[object]:
    from seed.builds.records import DownstreamPackage

    with app.world.database.read() as session:
        return list(session.scalars(sa.select(DownstreamPackage).where(DownstreamPackage.service_build_id == row_id)))
