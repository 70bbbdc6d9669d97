"""Check an account: who it is, and which of the things Seed does it does not let us do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seed.aws.errors import AccessDenied
from seed.aws.port import Cloud
from seed.aws.values import Identity

PROBE = "seed-account-check"


@dataclass(frozen=True, slots=True)
class AccountCheck:
    identity: Identity
    missing: tuple[str, ...]


def check_account(cloud: Cloud) -> AccountCheck:
    """Reads only. Raises where the credentials are no good at all."""
    identity = cloud.identity()
    probes: dict[str, Callable[[], object]] = {
        "cloudformation:DescribeStacks": lambda: cloud.stack(PROBE),
        "cloudformation:GetTemplate": lambda: cloud.template(PROBE),
        "cloudformation:ListStackResources": lambda: cloud.resources(PROBE),
        "cloudformation:DescribeStackEvents": lambda: cloud.events(PROBE),
        "cloudformation:DescribeChangeSet": lambda: cloud.change_set(PROBE, PROBE),
        "s3 on Seed's bucket": lambda: cloud.has_asset(PROBE),
        "lambda:GetFunctionConfiguration": lambda: cloud.code_sha256(PROBE),
    }
    missing = []
    for name, probe in probes.items():
        try:
            probe()
        except AccessDenied:
            missing.append(name)
    return AccountCheck(identity, tuple(missing))
