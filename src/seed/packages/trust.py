"""Make an assembly trustworthy: the same source gives the same package, to the byte.

Every S3 location in the template is pointed at Seed's bucket under a key made of the file's content; ids
that carry a clock are named after what they depend on; the rest stays the framework's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seed.frameworks.assembly import Assembly
from seed.packages.assets import Addressed, address
from seed.packages.errors import AssetMissing
from seed.packages.generated import Template, canonical, deployments, rename
from seed.packages.package import Package, PackagedAsset

VERSION = "AWS::Lambda::Version"
VERSION_ID = re.compile(r"(?P<stem>\w+LambdaVersion)\w{30,}")


@dataclass(frozen=True, slots=True)
class Trusted:
    """A package, and the local files that its assets are made of, by sha256."""

    package: Package
    files: dict[str, Path]


def trust(assembly: Assembly, *, bucket: str, scratch: Path) -> Trusted:
    """`bucket` is Seed's, in the account and region of the stage."""
    addressed = {key: address(path, scratch) for key, path in assembly.files.items()}
    template: Template = json.loads(json.dumps(assembly.template))
    used: dict[str, set[str]] = {}
    for logical_id, resource in (template.get("Resources") or {}).items():
        for location in _locations(resource.get("Properties")):
            _point(location, addressed, bucket, logical_id, used)
    template = _settle_versions(template, addressed, used)
    template = rename(template, {i: f"{stem}{suffix}" for i, stem, suffix in deployments(template)})
    assets = tuple(
        PackagedAsset(key_of(a), a.sha256, a.size, tuple(sorted(used[a.sha256])), a.code_sha256)
        for a in sorted({a.sha256: a for a in addressed.values()}.values(), key=lambda a: a.sha256)
        if a.sha256 in used
    )
    package = Package(
        stack_name=assembly.stack_name,
        region=assembly.region,
        bucket=bucket,
        template=canonical(template),
        parameters=dict(sorted(assembly.parameters.items())),
        tags=dict(sorted(assembly.tags.items())),
        capabilities=tuple(sorted(assembly.capabilities)),
        assets=assets,
        framework=assembly.framework,
    )
    return Trusted(package, {a.sha256: a.path for a in addressed.values() if a.sha256 in used})


def key_of(asset: Addressed) -> str:
    return f"assets/{asset.sha256[:2]}/{asset.sha256}{asset.path.suffix or '.bin'}"


def _locations(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping that names an S3 object: `S3Bucket`+`S3Key`, `Bucket`+`Key`, wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get("S3Key"), str) and "S3Bucket" in value:
            yield value
        for item in value.values():
            yield from _locations(item)
    elif isinstance(value, list):
        for item in value:
            yield from _locations(item)


def _point(
    location: dict[str, Any],
    addressed: dict[str, Addressed],
    bucket: str,
    user: str,
    used: dict[str, set[str]],
) -> None:
    key = location["S3Key"]
    asset = addressed.get(key)
    if asset is None:
        if isinstance(location["S3Bucket"], str):
            return  # an object of somebody else's bucket: not ours to store
        raise AssetMissing(
            f"{user} points to {key.rsplit('/', 1)[-1]}, which the framework did not make.",
            hint="Look at the package settings of this function.",
            where=user,
        )
    location["S3Bucket"], location["S3Key"] = bucket, key_of(asset)
    used.setdefault(asset.sha256, set()).add(user)


def _settle_versions(
    template: Template, addressed: dict[str, Addressed], used: dict[str, set[str]]
) -> Template:
    """Where a zip was rewritten, its functions' versions name the new bytes, under an id made of content.

    Elsewhere the framework's own id stays: it is made of content already.
    """
    rewritten = {
        user: asset for asset in addressed.values() if asset.rewritten for user in used.get(asset.sha256, ())
    }
    resources = template.get("Resources") or {}
    names: dict[str, str] = {}
    for logical_id, resource in resources.items():
        properties = resource.get("Properties") or {}
        function = (
            (properties.get("FunctionName") or {}).get("Ref", "") if resource.get("Type") == VERSION else ""
        )
        asset = rewritten.get(function)
        stem = VERSION_ID.fullmatch(logical_id)
        if asset is None or stem is None:
            continue
        properties["CodeSha256"] = asset.code_sha256
        text = canonical([asset.sha256, resources[function].get("Properties"), properties.get("Description")])
        names[logical_id] = stem["stem"] + hashlib.sha256(text.encode()).hexdigest()[:40]
    return rename(template, names)
