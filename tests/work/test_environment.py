"""What the SEED_* variables of a build's commands say."""

from __future__ import annotations

from seed.work.commands.environment import BuildFacts, environment

FACTS = BuildFacts(
    app="shop", stage="dev", stage_branch="", branch="", service="api", service_path="", build="3", commit="a" * 40
)


def test_what_does_not_apply_is_unset_and_the_root_is_empty() -> None:
    given = environment(FACTS, {}, {})

    assert given["SEED_SERVICE_PATH"] == ""
    assert not {"SEED_STAGE_BRANCH", "SEED_BRANCH", "SEED_PULL_REQUEST_NUMBER"} & given.keys()


def test_nobody_overrides_them_or_the_account() -> None:
    given = environment(FACTS, {"AWS_REGION": "us-east-1"}, {"SEED_STAGE_NAME": "prod", "AWS_REGION": "x", "A": "b"})

    assert (given["SEED_STAGE_NAME"], given["AWS_REGION"], given["A"]) == ("dev", "us-east-1", "b")
