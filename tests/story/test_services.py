"""Services as they are in the world, on a whole Seed: each is built, deployed, built again without a change, and
promoted; and does there what it is for. They lie in tests/services, each as a repository of its own.

Those that install anything from a registry are marked `services`: make test-services runs all.
"""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp
from tests.support.service_checks import SERVICES, Deployed, Shown

from seed.builds.records import Build

FOLDER = Path(__file__).parents[1] / "services"


def told(app: TestApp, build: Build) -> str:
    return "\n".join([build.reason, *(app.log(row) for row in build.services)])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param(name, shown, id=name, marks=[pytest.mark.services] if shown.installs else [])
        for name, shown in SERVICES.items()
    ],
)
def test_a_service_is_built_deployed_promoted_and_unchanged_when_built_again(
    seed: Seed, tmp_path: Path, name: str, shown: Shown
) -> None:
    repository = Repository(tmp_path / "repository", ())
    copytree(FOLDER / name, repository.folder, dirs_exist_ok=True)
    repository.commit(name)
    app = seed.app(repository)
    app.patience = 300  # registries take their time
    dev, prod = Deployed(app, "dev"), Deployed(app, "prod")
    for stage in (dev, prod):
        shown.before(stage)

    first = app.deploy()
    assert first.state == "succeeded", told(app, first)
    shown.check(dev)

    again = app.deploy()
    assert {row.state for row in again.services} == {"unchanged"}, told(app, again)

    shown.later(dev)
    promotion = app.promote()
    assert promotion.state == "review", promotion.reason
    done = app.confirm(promotion)
    assert done.state == "promoted", done.reason
    shown.check(prod)


def test_every_folder_is_tried() -> None:
    assert sorted(SERVICES) == sorted(one.name for one in FOLDER.iterdir())
