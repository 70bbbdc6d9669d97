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

PRELOAD = Path(__file__).with_name("sdk-v2-endpoint.js")
QUIET = {
    "SLS_TELEMETRY_DISABLED": "1",
    "SLS_NOTIFICATIONS_MODE": "off",
    "SLS_DEPRECATION_DISABLE": "*",
    "npm_config_update_notifier": "false",
    "NODE_NO_WARNINGS": "1",
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
    environment = {**env, **QUIET}
    if framework.sdk == "v2" and env.get("AWS_ENDPOINT_URL"):
        environment["NODE_OPTIONS"] = f"--require {_quoted(PRELOAD)} {env.get('NODE_OPTIONS', '')}".strip()
    argv = ["node", str(framework.script), "package", "--stage", stage, "--package", str(out)]
    if region:
        argv += ["--region", region]
    if service.config != "serverless.yml":
        argv += ["--config", service.config]
    return Command(
        argv=tuple(argv),
        cwd=tree / service.path,
        env=environment,
        writable=(tree, out.parent),
        readable=(framework.root, PRELOAD.parent),
        timeout=timeout,
    )


def _quoted(path: Path) -> str:
    """As node reads NODE_OPTIONS: in double quotes, so that a folder may have a space in its name."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
