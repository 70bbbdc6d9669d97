"""Make the framework's own caches once, so that every build begins with them.

The framework compiles its configuration schema on first use, which takes longer than packaging. What it
compiles depends on the framework alone, so a service of our own is packaged once, in a HOME that is kept.
"""

from __future__ import annotations

from pathlib import Path

from seed.frameworks.assembly import FoundService
from seed.frameworks.serverless.choose import Bundled, choose_framework
from seed.frameworks.serverless.package import package_command
from seed.work.runner.command import Command

SERVICE = """service: warm
frameworkVersion: '{version}'
provider: {{name: aws, runtime: nodejs20.x}}
functions: {{one: {{handler: one.handler}}}}
"""
LINES = {"osls": ">=3", "osls-3": "3"}


def warm_commands(bundled: Bundled, scratch: Path, home: Path) -> list[Command]:
    """One for each bundled line that is installed. `home` keeps what they leave."""
    commands = []
    for line, version in LINES.items():
        if not (bundled.node_modules / line).is_dir():
            continue
        tree = scratch / line
        write_service(tree, version)
        service = FoundService("", "serverless.yml", "warm")
        framework = choose_framework(tree, service, bundled)
        made = package_command(
            tree, service, framework, stage="warm", region="us-east-1", out=tree / "out" / "package",
            env={}, timeout=120,
        )  # fmt: skip
        commands.append(Command(made.argv, made.cwd, made.env, made.writable, made.readable, 120, home=home))
    return commands


def write_service(folder: Path, version: str) -> None:
    """A small service of our own, that needs all of the framework that packaging loads."""
    (folder / "out").mkdir(parents=True, exist_ok=True)
    (folder / "serverless.yml").write_text(SERVICE.format(version=version))
    (folder / "package.json").write_text('{"name": "warm", "private": true}\n')
    (folder / "one.js").write_text("exports.handler = async () => ({});\n")
