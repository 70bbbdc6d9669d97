"""Generated logical ids: find those that carry a clock, and name them after what they depend on.

An API deployment is a picture of a REST API. The framework gives each packaging a new one, with the time in
its id; here the id says what is in the picture, so that a new deployment appears where the API has changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

DEPLOYMENT = "AWS::ApiGateway::Deployment"
NESTED = "AWS::CloudFormation::Stack"
GENERATED = re.compile(r"(?P<stem>ApiGatewayDeployment)(?:\d{13}|[0-9a-f]{12})")
"""With the framework's clock, or with Seed's suffix."""
PICTURED = frozenset(
    f"AWS::ApiGateway::{kind}"
    for kind in (
        "Authorizer",
        "GatewayResponse",
        "Method",
        "Model",
        "RequestValidator",
        "Resource",
        "RestApi",
    )
)
UNPICTURED = frozenset({"Tags", "Name", "Description"})
"""Properties of the API itself that a deployment does not publish."""
SHORT = 12
Template = dict[str, Any]


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def short_hash(*parts: Any, length: int = SHORT) -> str:
    return hashlib.sha256(canonical(parts).encode()).hexdigest()[:length]


def deployments(template: Template) -> Iterator[tuple[str, str, str]]:
    """(logical id, stem, suffix) of each generated API deployment; the suffix tells what it publishes."""
    resources: Mapping[str, Any] = template.get("Resources") or {}
    for logical_id, resource in resources.items():
        generated = GENERATED.fullmatch(logical_id)
        if generated and resource.get("Type") == DEPLOYMENT:
            yield logical_id, generated["stem"], published(resources, resource)


def published(resources: Mapping[str, Any], deployment: Any) -> str:
    """A hash over everything of its API that a deployment takes a picture of."""
    api = (deployment.get("Properties") or {}).get("RestApiId")
    after = names(deployment.get("DependsOn"))
    picture = {n: _seen(r) for n, r in resources.items() if _belongs(n, r, api) or _split_off(n, r, api, after)}
    return short_hash(picture, deployment.get("Properties"), sorted(after))


def _split_off(logical_id: str, resource: Any, api: Any, after: list[str]) -> bool:
    """Whether a nested stack may hold a part of the API; its address says what is in it."""
    if resource.get("Type") != NESTED:
        return False
    return logical_id in after or canonical(api) in canonical(resource.get("Properties"))


def _belongs(logical_id: str, resource: Any, api: Any) -> bool:
    if resource.get("Type") not in PICTURED:
        return False
    properties = resource.get("Properties") or {}
    return bool(api == {"Ref": logical_id} or properties.get("RestApiId") == api)


def _seen(resource: Any) -> Any:
    properties = resource.get("Properties") or {}
    if not resource["Type"].endswith("::RestApi"):
        return [properties, resource.get("Condition")]
    return [{k: v for k, v in properties.items() if k not in UNPICTURED}, resource.get("Condition")]


def rename(template: Template, new_names: Mapping[str, str]) -> Template:
    """Generated ids renamed wherever they stand: they are too long to be met by chance."""
    changed = {old: new for old, new in new_names.items() if old != new}
    if not changed:
        return template
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, changed))})\b")
    renamed: Template = json.loads(pattern.sub(lambda found: changed[found[0]], json.dumps(template)))
    return renamed


def names(depends_on: str | Iterable[str] | None) -> list[str]:
    return [depends_on] if isinstance(depends_on, str) else [str(name) for name in depends_on or ()]
