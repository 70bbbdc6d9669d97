"""What each service of tests/services shows, and how to see that it does it on the local AWS."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from tests.support.seeds import TestApp
from tests.support.waiting import eventually

from seed.people.actor import SEED
from seed.variables.change import set_variable

SHARED = {
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {"Word": {"Value": "a stack's output"}},
}


@dataclass(frozen=True)
class Deployed:
    """One stage of an app, seen from AWS's side."""

    app: TestApp
    stage: str

    def client(self, name: str) -> Any:
        env = self.app.cloud.environment()
        make: Any = boto3.client
        return make(
            name,
            endpoint_url=env["AWS_ENDPOINT_URL"],
            region_name=env["AWS_REGION"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )

    def invoke(self, service: str, **event: Any) -> Any:
        answer = self.client("lambda").invoke(
            FunctionName=f"{service}-{self.stage}-answer", Payload=json.dumps(event).encode()
        )
        said = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return said

    def outputs(self, service: str) -> dict[str, str]:
        return dict(self.app.cloud.stack(f"{service}-{self.stage}").outputs)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        env = self.app.cloud.environment()  # whose account it is, is told as in a signed link
        address = f"{env['AWS_ENDPOINT_URL']}/{path}?X-Amz-Credential={env['AWS_ACCESS_KEY_ID']}/x"
        try:
            with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:  # noqa: S310, loopback
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""

    def http_api(self, path: str, **headers: str) -> tuple[int, str]:
        name = {"dev": "dev-", "prod": "prod-"}[self.stage]
        [api] = [one for one in self.client("apigatewayv2").get_apis()["Items"] if one["Name"].startswith(name)]
        return self.get(f"_aws/execute-api/{api['ApiId']}/$default/{path}", **headers)

    def rest_api(self) -> str:
        found = self.client("apigateway").get_rest_apis()["items"]
        return next(str(one["id"]) for one in found if one["name"].startswith(f"{self.stage}-"))

    def items(self, table: str) -> set[str]:
        return {item["id"]["S"] for item in self.client("dynamodb").scan(TableName=table)["Items"]}

    def versions(self, function: str) -> list[str]:
        found = self.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
        return sorted(one["Version"] for one in found)

    def last_log(self) -> str:
        build = self.app.deploy(self.stage)
        return "\n".join(self.app.log(row) for row in build.services)


def nothing(_deployed: Deployed) -> None:
    """Most need nothing before, and do nothing more."""


@dataclass(frozen=True)
class Shown:
    """`before` makes what the service needs to be there; `later` goes on in dev before it is promoted."""

    what: str
    check: Callable[[Deployed], None]
    installs: bool = True
    before: Callable[[Deployed], None] = nothing
    later: Callable[[Deployed], None] = nothing


def answers(service: str, expected: object) -> Callable[[Deployed], None]:
    def check(deployed: Deployed) -> None:
        assert deployed.invoke(service) == expected

    return check


def _rest(deployed: Deployed) -> None:
    path = f"restapis/{deployed.rest_api()}/{deployed.stage}/_user_request_/duration/2h"
    assert deployed.get(path) == (200, '{"milliseconds":7200000}')


def _events(deployed: Deployed) -> None:
    there = deployed.outputs("events")
    deployed.client("sqs").send_message(QueueUrl=there["Queue"], MessageBody="{}")
    deployed.client("sns").publish(TopicArn=there["Topic"], Message="{}")
    entry = {"Source": "shop", "DetailType": "ordered", "Detail": "{}"}
    deployed.client("events").put_events(Entries=[entry])
    deployed.client("dynamodb").put_item(TableName=there["Orders"], Item={"id": {"S": "1"}})
    eventually(lambda: deployed.items(there["Heard"]) == {"queue", "topic", "bus", "stream"}, "every event")


def _authorized(deployed: Deployed) -> None:
    refused, said = deployed.http_api("answer", authorization="no")
    assert refused == 403, (refused, said)
    assert deployed.http_api("answer", authorization="please") == (200, "come in")


def _need_values(deployed: Deployed) -> None:
    deployed.client("ssm").put_parameter(
        Name=f"/shop/{deployed.stage}/word", Value=f"parameter of {deployed.stage}", Type="String", Overwrite=True
    )
    if deployed.stage == "dev":
        deployed.client("cloudformation").create_stack(StackName="shared", TemplateBody=json.dumps(SHARED))
        app = deployed.app
        with app.world.database.write() as session:
            from seed.apps.records import App

            row = session.query(App).filter_by(slug=app.slug).one()
            set_variable(session, app.world.vault, SEED, row, "WORD", "a variable")


def _values(deployed: Deployed) -> None:
    assert deployed.invoke("variables") == {
        "FROM_SSM": f"parameter of {deployed.stage}",
        "FROM_CF": "a stack's output",
        "FROM_ENV": "a variable",
        "FROM_FILE": f"file of {deployed.stage}",
        "FROM_CODE": "code",
    }


def _bucket(deployed: Deployed) -> None:
    deployed.client("s3").create_bucket(Bucket=f"existing-{deployed.stage}")


def _uploaded(deployed: Deployed) -> None:
    heard = deployed.outputs("existing-bucket")["Heard"]
    deployed.client("s3").put_object(Bucket=f"existing-{deployed.stage}", Key="order.txt", Body=b"1")
    eventually(lambda: deployed.items(heard) == {"order.txt"}, "the upload's event")


def _prunes(service: str) -> Callable[[Deployed], None]:
    def later(deployed: Deployed) -> None:
        for before, after in (("first", "second"), ("second", "third")):
            deployed.app.repository.edit("answer.js", before, after)
            deployed.app.repository.commit(after)
            build = deployed.app.deploy()
            assert build.state == "succeeded", build.services[0].reason
        assert deployed.versions(f"{service}-dev-answer") == ["$LATEST", "3"]

    return later


def _domain(deployed: Deployed) -> None:
    assert deployed.http_api("answer") == (200, "come in")


def _names_plugin(name: str) -> Callable[[Deployed], None]:
    def later(deployed: Deployed) -> None:
        assert f"After the deployment: {name}" in deployed.last_log()

    return later


def _stepped(deployed: Deployed) -> None:
    client = deployed.client("stepfunctions")
    machines = client.list_state_machines()["stateMachines"]
    [arn] = [one["stateMachineArn"] for one in machines if one["name"] == f"order-{deployed.stage}"]
    run = client.start_execution(stateMachineArn=arn)["executionArn"]
    eventually(lambda: client.describe_execution(executionArn=run)["status"] != "RUNNING", "the execution's end")
    ended = client.describe_execution(executionArn=run)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"word": "stepped"})


def _site(deployed: Deployed, title: str = "A shop") -> None:
    found = deployed.client("s3").get_object(Bucket=f"site-of-{deployed.stage}", Key="index.html")
    assert found["Body"].read().decode() == f"<title>{title}</title>\n"


def _new_site(deployed: Deployed) -> None:
    deployed.app.repository.edit("site/index.html", "A shop", "A better shop")
    deployed.app.repository.commit("A better shop")
    assert deployed.app.deploy().services[0].state == "unchanged"
    _site(deployed, "A better shop")
    deployed.app.repository.edit("site/index.html", "A better shop", "A shop")
    deployed.app.repository.commit("As it was")
    assert deployed.app.deploy().state == "succeeded"


def _tagged(deployed: Deployed) -> None:
    api = deployed.rest_api()
    assert deployed.get(f"restapis/{api}/{deployed.stage}/_user_request_/answer") == (200, "come in")


def _both(deployed: Deployed) -> None:
    for service in ("orders", "stock"):
        assert deployed.invoke(service) == {"word": f"{service} 172800000"}


MILLISECONDS = {"milliseconds": 172800000}
ENCODED = {"encoded": "xn--mnchen-3ya.example"}
SERVICES = {
    "npm-rest-api": Shown("npm; a REST API", _rest),
    "yarn-schedule": Shown("yarn; a schedule", answers("yarn-schedule", MILLISECONDS)),
    "pnpm-function-url": Shown("pnpm; a function URL", answers("pnpm-function-url", MILLISECONDS)),
    "esbuild-typescript": Shown("serverless-esbuild, TypeScript", answers("esbuild-typescript", MILLISECONDS)),
    "webpack-bundle": Shown("serverless-webpack", answers("webpack-bundle", MILLISECONDS)),
    "python-requirements": Shown("serverless-python-requirements", answers("python-requirements", ENCODED)),
    "python-pipenv": Shown("Pipfile.lock, no plugin", answers("python-pipenv", ENCODED)),
    "layer": Shown("a Python layer", answers("layer", {"word": "three"}), installs=False),
    "events": Shown("SQS, SNS, EventBridge, a table's stream", _events, installs=False),
    "authorizer": Shown("an HTTP API with an authorizer", _authorized, installs=False),
    "variables": Shown("${ssm:}, ${cf:}, ${env:}, ${file():}", _values, installs=False, before=_need_values),
    "existing-bucket": Shown("an existing bucket's event: a custom resource", _uploaded, before=_bucket),
    "serverless-ts": Shown("serverless.ts", answers("serverless-ts", {"word": "typed word"})),
    "pruned-by-setting": Shown(
        "pruneFunctionVersions of osls 4",
        nothing,
        installs=False,
        later=_prunes("pruned-by-setting"),
    ),
    "prune-plugin": Shown(
        "serverless-prune-plugin on a serverless 3 of its own", nothing, later=_prunes("prune-plugin")
    ),
    "domain-manager": Shown(
        "serverless-domain-manager, disabled", _domain, later=_names_plugin("serverless-domain-manager")
    ),
    "step-functions": Shown("serverless-step-functions", _stepped),
    "s3-sync": Shown("serverless-s3-sync on osls 3", _site, later=_new_site),
    "own-osls-3": Shown("osls 3 by package.json; a REST API with tags", _tagged, later=_tagged),
    "workspaces": Shown("npm workspaces, two TypeScript services", _both),
}
