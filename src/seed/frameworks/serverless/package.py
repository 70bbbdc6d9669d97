"""The framework's package step for one stage, as a command.

The framework works in `.serverless` beside the configuration whatever output folder it is given, so two
stages are packaged at the same time only in two checkouts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from seed.frameworks.assembly import FoundService
from seed.frameworks.serverless.choose import Framework
from seed.work.runner.command import Command

ENDPOINT = Path(__file__).with_name("sdk-v2-endpoint.js")
ANY_VERSION = Path(__file__).with_name("any-version.js")
PLUGINS = Path(__file__).with_name("plugins.js")
QUIET = {
    "SLS_TELEMETRY_DISABLED": "1",
    "SLS_NOTIFICATIONS_MODE": "off",
    "SLS_DEPRECATION_DISABLE": "*",
    "npm_config_update_notifier": "false",
    "NODE_NO_WARNINGS": "1",
    "PIP_COMPILE": "0",  # plugins that run pip would pack compiled files, which carry a clock
    "AWS_EC2_METADATA_DISABLED": "true",  # the stage's account or nothing, never that of the machine
}


def package_command(
    tree: Path,
    service: FoundService,
    framework: Framework,
    *,
    stage: str,
    region: str,
    out: Path,
    env: Mapping[str, str],
    timeout: float,
) -> Command:
    """`out` is removed and made anew by the framework, so its parent is what must exist and is written."""
    return _command("package", tree, service, framework, stage, region, out, env, timeout)


def plugins_command(
    tree: Path,
    service: FoundService,
    framework: Framework,
    *,
    stage: str,
    region: str,
    package: Path,
    env: Mapping[str, str],
    timeout: float,
) -> Command:
    """The framework's deploy, without its own part: only what plugins hook into it runs. `package` holds the template
    that was executed, under the framework's name for it.
    """
    return _command("deploy", tree, service, framework, stage, region, package, env, timeout)


def _command(
    verb: str, tree: Path, service: FoundService, framework: Framework, stage: str, region: str, package: Path,
    env: Mapping[str, str], timeout: float,
) -> Command:  # fmt: skip
    preloads = preloads_of(framework, env)
    options = f"{node_options(preloads)} {env.get('NODE_OPTIONS', '')}".strip()
    argv = ["node", str(framework.script), verb, "--stage", stage, "--package", str(package)]
    if region:
        argv += ["--region", region]
    if service.config != "serverless.yml":
        argv += ["--config", service.config]
    return Command(
        argv=tuple(argv),
        cwd=tree / service.path,
        env={**env, **QUIET, "NODE_OPTIONS": options},
        writable=(tree, package.parent),
        readable=(framework.root, *preloads),
        timeout=timeout,
        build=tree,
    )


def node_options(preloads: list[Path]) -> str:
    """What has node load these before anything else."""
    return " ".join(f"--require {_quoted(path)}" for path in preloads)


def preloads_of(framework: Framework, env: Mapping[str, str]) -> list[Path]:
    old_sdk = framework.sdk == "v2" and bool(env.get("AWS_ENDPOINT_URL"))
    return [*([ENDPOINT] if old_sdk else []), *([ANY_VERSION] if framework.bundled else []), PLUGINS]


def _quoted(path: Path) -> str:
    """As node reads NODE_OPTIONS: in double quotes, so that a folder may have a space in its name."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
