"""Make an assembly trustworthy: the same source gives the same package, to the byte.

Every S3 location in the template is pointed at Seed's bucket under a key made of the file's content; ids
that carry a clock are named after what they depend on; the rest stays the framework's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seed.frameworks.assembly import Assembly
from seed.frameworks.texts import texts
from seed.packages.assets import Addressed, address, address_text
from seed.packages.generated import NESTED, Template, canonical, deployments, rename
from seed.packages.locations import Pointer
from seed.packages.package import Package, PackagedAsset
from seed.packages.versions import settle_versions


@dataclass(frozen=True, slots=True)
class Trusted:
    """A package, and the local files that its assets are made of, by sha256."""

    package: Package
    files: dict[str, Path]


def trust(assembly: Assembly, *, bucket: str, scratch: Path) -> Trusted:
    """`bucket` is Seed's, where the stage is; `scratch` an own folder, kept until it is stored."""
    work = _Work(bucket, assembly.region, scratch, dict(assembly.files))
    template = work.settle(assembly.template)
    package = Package(
        stack_name=assembly.stack_name,
        region=assembly.region,
        bucket=bucket,
        template=canonical(template),
        parameters=dict(sorted(assembly.parameters.items())),
        tags=dict(sorted(assembly.tags.items())),
        capabilities=tuple(sorted(assembly.capabilities)),
        assets=tuple(work.assets()),
        framework=assembly.framework,
        settings=assembly.settings,
        plugins=assembly.plugins,
    )
    return Trusted(package, {asset.sha256: asset.path for asset, _ in work.met.values()})


@dataclass(slots=True)
class _Work:
    bucket: str
    region: str
    scratch: Path
    paths: dict[str, Path]
    addressed: dict[str, Addressed] = field(default_factory=dict)
    met: dict[str, tuple[Addressed, set[str]]] = field(default_factory=dict)
    """By sha256: the file and who uses it."""

    def settle(self, template: Template, within: str = "") -> Template:
        """`within` is the path of logical ids of a nested template, such as `Tables/`."""
        template = json.loads(json.dumps(template))
        for key in _nested(template, self.paths):
            self._settle_nested(key, template, within)
        for key, path in self.paths.items():
            if key not in self.addressed:
                self.addressed[key] = address(path, self.scratch)
        code: dict[str, Addressed] = {}
        resources = template.get("Resources") or {}
        for logical_id, resource in resources.items():
            pointer = self._pointer()
            resources[logical_id] = pointer.point(resource)
            for key in pointer.used:
                code[logical_id] = self.addressed[key]
        template = {k: v if k == "Resources" else self._pointer().point(v) for k, v in template.items()}
        _settle_layer_outputs(template, code)
        template = settle_versions(template, code)
        template = rename(template, {i: f"{stem}{suffix}" for i, stem, suffix in deployments(template)})
        self._meet(template, set(code.values()), within)
        return template

    def assets(self) -> Iterator[PackagedAsset]:
        for sha256, (asset, users) in sorted(self.met.items()):
            yield PackagedAsset(asset.key, sha256, asset.size, tuple(sorted(users)), asset.code_sha256)

    def _settle_nested(self, key: str, parent: Template, within: str) -> None:
        """A nested template is made canonical as its parent is, before its parent takes its address."""
        users = [i for i, r in parent["Resources"].items() if key in " ".join(texts(r))]
        path = self.paths.pop(key)
        template = self.settle(json.loads(path.read_text()), f"{within}{users[0]}/")
        self.addressed[key] = address_text(canonical(template), ".json", self.scratch)

    def _pointer(self) -> Pointer:
        return Pointer(self.addressed, self.bucket, self.region)

    def _meet(self, template: Template, assets: set[Addressed], within: str) -> None:
        """Under the names that the template ends with."""
        for logical_id, resource in (template.get("Resources") or {}).items():
            text = canonical(resource)
            for asset in assets:
                if asset.key in text:
                    self.met.setdefault(asset.sha256, (asset, set()))[1].add(within + logical_id)


def _nested(template: Template, paths: dict[str, Path]) -> list[str]:
    """Keys of the files that are templates of nested stacks."""
    stacks = [r for r in (template.get("Resources") or {}).values() if r.get("Type") == NESTED]
    told = " ".join(texts(stacks))
    return [key for key in paths if key.endswith(".json") and key in told]


def _settle_layer_outputs(template: Template, code: dict[str, Addressed]) -> None:
    """The framework takes a layer's last upload again where the outputs `…Hash` and `…S3Key` tell it to.

    That upload is not in the framework's bucket. A hash that it never makes itself has it upload its own.
    """
    outputs: dict[str, Any] = template.get("Outputs") or {}
    for asset in code.values():
        for name, output in outputs.items():
            hash_name = f"{name.removesuffix('S3Key')}Hash"
            if output.get("Value") == asset.key and hash_name in outputs and name.endswith("S3Key"):
                outputs[hash_name]["Value"] = asset.sha256
