"""Run the real framework under the real runner, as a build does, and keep the result."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from seed.frameworks.assembly import Assembly
from seed.frameworks.serverless import Bundled, choose_framework, discover, package_command, read_assembly
from seed.frameworks.serverless.package import PLUGINS, node_options, preloads_of
from seed.packages import Trusted, trust
from seed.work.runner import Exit, LocalRunner, Network

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "samples"
BUNDLED = Bundled(ROOT / "npm" / "node_modules")
BUCKET = "seed-assets-123456789012-us-east-1"


@dataclass(frozen=True)
class Packaged:
    assembly: Assembly
    trusted: Trusted


class Workshop:
    """One HOME for all runs: the framework compiles its schema there once, which is most of its time."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.env = dict(env or {})
        aws = urlsplit(self.env.get("AWS_ENDPOINT_URL", "")).netloc
        self.runner = LocalRunner(folder / "runs", network=Network(allow=(aws,) if aws else ()))
        self._home = folder / "home"
        self._home.mkdir()
        self._count = count()

    def tree(self, sample: str, changes: Mapping[str, tuple[str, str]] | None = None) -> Path:
        """A copy of a sample, with pieces of its files replaced."""
        tree = self.folder / f"tree-{next(self._count)}"
        shutil.copytree(SAMPLES / sample, tree)
        for name, (old, new) in (changes or {}).items():
            text = (tree / name).read_text()
            assert old in text
            (tree / name).write_text(text.replace(old, new))
        return tree

    def run(self, tree: Path, stage: str, lines: list[str]) -> tuple[Exit, Path, str]:
        [service] = discover(tree)
        framework = choose_framework(tree, service, BUNDLED)
        out = self.folder / f"out-{next(self._count)}" / "package"
        out.parent.mkdir()
        command = package_command(
            tree, service, framework, stage=stage, region="us-east-1", out=out, env=self.env, timeout=120
        )
        return self.runner.run(replace(command, home=self._home), lines.append), out, framework.label

    def package(self, tree: Path, stage: str = "dev") -> Packaged:
        lines: list[str] = []
        exit_, out, label = self.run(tree, stage, lines)
        assert exit_.ok, "\n".join(lines)
        assembly = read_assembly(out, stage=stage, region="us-east-1", framework=label, source=tree, tree=tree)
        scratch = out.parent / "scratch"
        scratch.mkdir()
        return Packaged(assembly, trust(assembly, bucket=BUCKET, scratch=scratch))

    def framework(self, tree: Path, *arguments: str) -> tuple[Exit, list[str]]:
        """The framework as a person runs it, without Seed: `deploy`, `remove`."""
        [service] = discover(tree)
        framework = choose_framework(tree, service, BUNDLED)
        command = package_command(
            tree, service, framework, stage="dev", region="us-east-1", out=self.folder / "unused", env=self.env,
            timeout=120,
        )  # fmt: skip
        argv = (*command.argv[:2], *arguments, "--stage", "dev", "--region", "us-east-1")
        options = node_options([one for one in preloads_of(framework, self.env) if one != PLUGINS])
        env = {**command.env, "SLS_AWS_MONITORING_FREQUENCY": "100", "NODE_OPTIONS": options}
        lines: list[str] = []
        exit_ = self.runner.run(replace(command, argv=argv, env=env, home=self._home), lines.append)
        return exit_, lines
