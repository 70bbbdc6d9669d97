"""The environment of a build's commands: whole, clean, and nothing of the server's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAMES = frozenset({
    "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "CI", "HOME", "LANG", "PATH",
    "SEED_APP_NAME", "SEED_BRANCH", "SEED_BUILD_ID", "SEED_BUILD_SERVICE_SHA", "SEED_SERVICE_NAME",
    "SEED_SERVICE_PATH", "SEED_STAGE_NAME", "TMPDIR",
})  # fmt: skip
"""What every build has, without the variables that people set."""


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """What the SEED_* variables tell. Empty is unset, but for `service_path`, where it means the root."""

    app: str
    stage: str
    stage_branch: str
    branch: str
    service: str
    service_path: str
    build: str
    commit: str
    pull_request: str = ""


def environment(facts: BuildFacts, aws: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, str]:
    """AWS_* of the stage's account, the stage's variables, and SEED_*, which nobody can override."""
    seed = {
        "SEED_APP_NAME": facts.app,
        "SEED_STAGE_NAME": facts.stage,
        "SEED_STAGE_BRANCH": facts.stage_branch,
        "SEED_BRANCH": facts.branch,
        "SEED_SERVICE_NAME": facts.service,
        "SEED_BUILD_ID": facts.build,
        "SEED_BUILD_SERVICE_SHA": facts.commit,
        "SEED_PULL_REQUEST_NUMBER": facts.pull_request,
    }
    known = {name: value for name, value in seed.items() if value}
    return {**variables, **aws, **known, "SEED_SERVICE_PATH": facts.service_path}
