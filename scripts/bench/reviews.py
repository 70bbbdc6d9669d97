"""How soon a review stands after somebody asked to promote."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from tests.support.repository import Repository
from tests.support.seeds import Seed, TestApp
from tests.support.waiting import eventually

from scripts.bench.report import say, timed
from seed.builds.records import Build, ServiceBuild


def reviews(seed: Seed, folder: Path) -> None:
    """From asking for a promotion to its review, for a stack of 400 resources."""
    repository = Repository(folder / "repository", ())
    queues = "".join(
        f"    Q{n}: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: 30}}}}\n" for n in range(398)
    )
    text = f"service: many\nprovider: {{name: aws, runtime: nodejs20.x}}\nresources:\n  Resources:\n{queues}"
    repository.write("serverless.yml", text)
    repository.commit("400 resources")
    app = seed.app(repository)
    app.live()
    repository.write("serverless.yml", text.replace("VisibilityTimeout: 30", "VisibilityTimeout: 60"))
    repository.commit("change them all")
    build = app.deploy()
    eventually(lambda: _packaged(app, build), "the package for prod")
    seconds = timed(app.promote)
    say(f"\nPromote to review, 400 resources that all change: {seconds:.2f} s (target: under 1)")


def _packaged(app: TestApp, build: Build) -> bool:
    with app.world.database.read() as session:
        row = session.scalars(sa.select(ServiceBuild).where(ServiceBuild.build_id == build.id)).one()
        return all(made.state == "ready" for made in row.downstream)
