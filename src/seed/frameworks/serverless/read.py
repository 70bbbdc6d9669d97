"""Read what the framework's package step left: template, state, and the files the template points to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seed.frameworks.assembly import Assembly, Template
from seed.frameworks.errors import OutputNotReadable

TEMPLATE = "cloudformation-template-update-stack.json"
STATE = "serverless-state.json"


def read_assembly(out: Path, *, stage: str, region: str, framework: str) -> Assembly:
    template, state = _json(out / TEMPLATE), _json(out / STATE)
    service = state["service"]
    provider = service.get("provider") or {}
    return Assembly(
        stack_name=_stack_name(provider, service, stage),
        template=template,
        files=dict(_files(out, template)),
        region=str(provider.get("region") or region),
        framework=framework,
        parameters=_parameters(provider),
        tags={
            str(k): str(v)
            for k, v in {
                "STAGE": stage,
                **(provider.get("tags") or {}),
                **(provider.get("stackTags") or {}),
            }.items()
        },
    )


def _stack_name(provider: dict[str, Any], service: dict[str, Any], stage: str) -> str:
    given = provider.get("stackName")
    return str(given) if isinstance(given, str) and given else f"{service['service']}-{stage}"


def _parameters(provider: dict[str, Any]) -> dict[str, str]:
    """`stackParameters` of the configuration, in CloudFormation's own words."""
    given = provider.get("stackParameters") or []
    return {str(p["ParameterKey"]): str(p["ParameterValue"]) for p in given if "ParameterValue" in p}


def _files(out: Path, template: Template) -> Iterator[tuple[str, Path]]:
    """For every S3 key in the template the local file: by its name in the output."""
    artifacts = {path.name: path for path in out.rglob("*") if path.is_file() and not path.is_symlink()}
    for key in sorted(set(_keys(template))):
        path = artifacts.get(key.rsplit("/", 1)[-1])
        if path is not None:
            yield key, path


def _keys(value: Any) -> Iterator[str]:
    """Every literal S3 key below a `S3Key`, `Key` or `ContentUri`-like pair, wherever it stands."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "S3Key" and isinstance(item, str):
                yield item
            else:
                yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError):
        raise OutputNotReadable(
            f"The framework did not write a readable {path.name}.", hint="Look at the end of its output."
        ) from None
    if not isinstance(data, dict):
        raise OutputNotReadable(f"{path.name} is not what it should be.")
    return data
