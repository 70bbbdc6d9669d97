"""What can be set, called, run or met as an error is documented, and the documents hold together."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from scripts import docs

PAGES = sorted([*docs.DOCS.rglob("*.md"), *docs.ROOT.glob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_every_generated_part_is_up_to_date() -> None:
    assert docs.outdated() == [], "run: make docs"


def test_no_two_errors_share_a_code() -> None:
    codes = Counter(kind.code for kind in docs.error_types())

    assert [code for code, count in codes.items() if count > 1] == []


def test_every_error_says_what_it_means() -> None:
    assert [kind.__name__ for kind in docs.error_types() if not (kind.__doc__ or "").strip()] == []


def test_every_command_that_speaks_to_a_server_takes_json() -> None:
    commands = (docs.DOCS / "cli.md").read_text().split("\n### seed ")[1:]

    assert {part.splitlines()[0] for part in commands if "--json" not in part} == {"demo", "diff", "serve"}


def test_every_setting_says_what_it_means() -> None:
    from seed.settings import Settings

    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(docs.ROOT)))
def test_links_lead_to_something(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if not link.startswith(("http://", "https://", "mailto:"))]

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_dependency_says_why() -> None:
    pyproject = (docs.ROOT / "pyproject.toml").read_text()
    declared = re.findall(r'^  "([A-Za-z0-9_.-]+)', pyproject.split("[project.scripts]")[0], re.MULTILINE)
    text = (docs.DOCS / "dependencies.md").read_text()

    assert [name for name in declared if f"`{name}`" not in text] == []
