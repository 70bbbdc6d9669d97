"""Plugins run code of their own once the stack is deployed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity

SETTING = "provider."
"""Begins the name of a setting that the framework itself carries out then, such as `provider.tags`."""


def will_run(names: Sequence[str], before: Sequence[str] | None) -> Iterator[Finding]:
    """`names` as the package tells them; `before`: those that ran at the stage's last deployment, None without one."""
    plugins, settings = parted(names)
    ran, were = parted(before or ())
    if plugins:
        known = before is not None and set(plugins) == set(ran)
        yield Finding(
            RULE.id,
            Severity.ROUTINE if known else Severity.NOTICE,
            f"Once the stack is deployed, plugins run code of their own with the stage's credentials: "
            f"{', '.join(plugins)}{', as at the last deployment' if known else _other_than(ran)}.",
            hint="" if known else "What they do is in no template. Read what they are set to do.",
        )
    elif ran:
        yield Finding(
            RULE.id,
            Severity.NOTICE,
            f"Plugins that ran at the last deployment do not run any more: {', '.join(ran)}.",
            hint="What they did there stays as it is.",
        )
    if settings:
        moved = [name for name in settings if before is not None and name not in were]
        yield Finding(
            RULE.id,
            Severity.NOTICE if moved else Severity.ROUTINE,
            "Once the stack is deployed, the framework sets by calls of its own: "
            f"{_bare(settings)}{f'. New since the last deployment: {_bare(moved)}' if moved else ''}.",
            hint="What it sets is in no template. Read it in the configuration." if moved else "",
        )


def _bare(settings: Sequence[str]) -> str:
    """Without the hash of the value."""
    return ", ".join(name.partition("@")[0] for name in settings)


def parted(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """(plugins, settings that the framework carries out itself)."""
    plugins = [name for name in names if not name.startswith(SETTING)]
    return plugins, [name for name in names if name.startswith(SETTING)]


def _other_than(ran: Sequence[str]) -> str:
    return f"; at the last deployment: {', '.join(ran)}" if ran else ""


RULE = Rule(
    "plugins-run",
    "Plugins run after the deployment",
    "notice",
    "Plugins that hook into the framework's deploy lifecycle run code of their own once the stack is deployed, with "
    "the stage's credentials; what they do is in no template and in no change set. The same plugins in the same "
    "versions (a file of the repository: the same content) as at the stage's last deployment are routine, and so are "
    "settings that the framework carries out then by calls of its own, with the same values.",
    "Serverless Framework documentation: creating plugins, lifecycle events",
    asked,
)
