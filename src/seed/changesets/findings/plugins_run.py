"""Plugins run code of their own once the stack is deployed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seed.changesets.findings.rule import Rule, asked
from seed.changesets.model import Finding, Severity

SETTING = "provider."
"""Begins the name of a setting that the framework itself carries out then, such as `provider.tags`."""


def will_run(names: Sequence[str]) -> Iterator[Finding]:
    """`names` as the package tells them."""
    plugins = ", ".join(name for name in names if not name.startswith(SETTING))
    settings = ", ".join(name for name in names if name.startswith(SETTING))
    if plugins:
        yield Finding(
            RULE.id,
            Severity.NOTICE,
            f"Once the stack is deployed, plugins run code of their own with the stage's credentials: {plugins}.",
            hint="What they do is in no template. Read what they are set to do, and accept this for a while.",
        )
    if settings:
        yield Finding(
            RULE.id,
            Severity.ROUTINE,
            f"Once the stack is deployed, the framework sets by calls of its own: {settings}.",
        )


RULE = Rule(
    "plugins-run",
    "Plugins run after the deployment",
    "notice",
    "Plugins that hook into the framework's deploy lifecycle run code of their own once the stack is deployed, with "
    "the stage's credentials; what they do is in no template and in no change set. Settings that the framework carries "
    "out then by calls of its own are told as routine.",
    "Serverless Framework documentation: creating plugins, lifecycle events",
    asked,
)
