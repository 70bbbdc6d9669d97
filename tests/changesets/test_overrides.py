"""Each correction of the generated rules, by what it changes; one without a case fails here."""

from __future__ import annotations

import json

import pytest

from seed.changesets import rules
from seed.changesets.model import Recreation

CUSTOM, SECRET = "AWS::CloudFormation::CustomResource", "AWS::SecretsManager::Secret"
WANTED: list[tuple[str, str, Recreation]] = [
    (CUSTOM, "Anything", "Conditionally"),
    (CUSTOM, "Anything/below/it", "Conditionally"),
    (SECRET, "Description", "Conditionally"),
    (SECRET, "Tags", "Conditionally"),
    (SECRET, "Name", "Always"),
]
UNTOUCHED: list[tuple[str, str]] = [(SECRET, "SecretString"), (SECRET, "GenerateSecretString/PasswordLength")]


@pytest.mark.parametrize(("kind", "path", "recreation"), WANTED)
def test_a_correction_counts(kind: str, path: str, recreation: Recreation) -> None:
    assert rules.recreation(kind, tuple(path.split("/"))) == recreation


def test_a_custom_type_is_a_custom_resource() -> None:
    assert rules.recreation("Custom::Mine", ("Anything",)) == "Conditionally"


@pytest.mark.parametrize(("kind", "path"), UNTOUCHED)
def test_what_it_does_not_name_stays(kind: str, path: str) -> None:
    assert rules.recreation(kind, tuple(path.split("/"))) == "Never"


def test_each_correction_has_a_case_and_says_who_says_so() -> None:
    written = json.loads((rules.HERE / "overrides.json").read_text())
    named = {(kind, path.split("/")[0]) for kind, path, _ in WANTED}

    for kind, entry in written.items():
        assert entry["source"].endswith(".")
        for path in [*entry.get("A", ()), *entry.get("C", ())]:
            assert (kind, path) in named or (path == "*" and kind in {one for one, _ in named}), path
