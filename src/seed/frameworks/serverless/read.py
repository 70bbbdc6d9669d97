"""Read what the framework's package step left: template, state, and the files the template points to.

The stack's name, tags and settings are those that the framework's own deploy command would send, so that
both can work on one stack in turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seed.frameworks.assembly import Assembly, StackSettings
from seed.frameworks.errors import OutputNotReadable
from seed.frameworks.serverless.artifacts import Folders, find_artifacts
from seed.frameworks.serverless.plugins import read_plugins
from seed.frameworks.serverless.state import State, read_json, read_state

TEMPLATE = "cloudformation-template-update-stack.json"


def read_assembly(
    out: Path,
    *,
    stage: str,
    region: str,
    framework: str,
    source: Path | None = None,
    tree: Path | None = None,
) -> Assembly:
    """`source` is the service's folder in the checkout `tree`: artifacts may lie there ready-made."""
    template, state = read_json(out / TEMPLATE), read_state(out)
    provider = state.mapping("service", "provider")
    if not isinstance(template.get("Resources"), dict) or not provider:
        raise OutputNotReadable(
            "The framework wrote no stack for this service.", hint="Seed deploys services of provider aws."
        )
    return Assembly(
        stack_name=_stack_name(state, stage),
        template=template,
        files=find_artifacts(Folders(out, source, tree), template, state),
        region=state.text("service", "provider", "region") or region,
        framework=framework,
        parameters=dict(_parameters(state)),
        tags=_tags(state.mapping("service", "provider", "stackTags"), stage),
        settings=_settings(state),
        plugins=read_plugins(out),
    )


def _stack_name(state: State, stage: str) -> str:
    return state.text("service", "provider", "stackName") or f"{state.text('service', 'service')}-{stage}"


def _parameters(state: State) -> Iterator[tuple[str, str]]:
    """`stackParameters` of the configuration, in CloudFormation's own words."""
    for given in state.at("service", "provider", "stackParameters") or []:
        parameter = state.follow(given)
        if "ParameterValue" in parameter:
            yield str(parameter["ParameterKey"]), str(parameter["ParameterValue"])


def _tags(given: Mapping[str, Any], stage: str) -> dict[str, str]:
    """The framework tags every stack with its stage, unless the configuration does, in whatever case."""
    tags = {str(k): str(v) for k, v in given.items()}
    if not any(name.lower() == "stage" for name in tags):
        tags["STAGE"] = stage
    return tags


def _settings(state: State) -> StackSettings:
    provider = ("service", "provider")
    role = state.at(*provider, "iam", "deploymentRole") or state.at(*provider, "cfnRole")
    policy = [_plain(state, one) for one in state.at(*provider, "stackPolicy") or []]
    rollback = _plain(state, state.at(*provider, "rollbackConfiguration"))
    return StackSettings(
        role_arn=role if isinstance(role, str) else "",
        notification_arns=tuple(str(arn) for arn in state.at(*provider, "notificationArns") or []),
        stack_policy=_canonical({"Statement": policy}) if policy else "",
        rollback_configuration=_canonical(rollback) if rollback else "",
        disable_rollback=state.at(*provider, "disableRollback") is True,
    )


def _plain(state: State, value: Any, depth: int = 16) -> Any:
    """The value with every pointer in it followed."""
    value = state.follow(value)
    if isinstance(value, dict) and depth:
        return {k: _plain(state, v, depth - 1) for k, v in value.items()}
    if isinstance(value, list) and depth:
        return [_plain(state, v, depth - 1) for v in value]
    return value


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
