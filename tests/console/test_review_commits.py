"""What comes along with a promotion: each commit, and where it can be read."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from tests.support.seeded import Seeded

from seed.apps.records import App
from seed.git import Mirror
from seed.promotions.records import Promotion


def waiting(own: Seeded, repository: str, commit: str) -> Promotion:
    """A promotion of this commit, of an app whose repository is at this address."""

    def change(session: Session) -> Promotion:
        app = session.scalars(sa.select(App)).one()
        app.repository = repository
        found = session.scalars(sa.select(Promotion).where(Promotion.state == "review")).first()
        assert found is not None
        found.source_build.commit = commit
        return found

    made: Promotion = own.write(change)
    Mirror(own.world.folders.mirror(made.app_id), str(own.repository.folder)).sync()
    return made


def test_each_commit_leads_to_its_page(own: Seeded, own_alice: TestClient) -> None:
    new = own.repository.commit("Answer faster <b>", allow_empty=True)
    made = waiting(own, "git@github.com:mike/shop.git", new)

    page = own_alice.get(f"/promotions/{made.id}").text

    assert page.count(f'href="https://github.com/mike/shop/commit/{new}"') == 2  # among the commits, and as where from
    assert "Answer faster &lt;b&gt;" in page
    assert re.search(r'href="https://github\.com/mike/shop/compare/[0-9a-f]+\.\.\.[0-9a-f]+"', page)


def test_where_no_page_is_known_the_commits_are_named_without_a_link(own: Seeded, own_alice: TestClient) -> None:
    new = own.repository.commit("Answer faster", allow_empty=True)
    made = waiting(own, "ssh://git@code.example/shop", new)

    page = own_alice.get(f"/promotions/{made.id}").text

    assert new[:7] in page
    assert "code.example" not in page


def test_of_many_commits_it_is_not_said_that_those_shown_are_all(own: Seeded, own_alice: TestClient) -> None:
    commits = [own.repository.commit(f"Change {number}", allow_empty=True) for number in range(51)]
    made = waiting(own, "https://github.com/mike/shop", commits[-1])

    page = own_alice.get(f"/promotions/{made.id}").text

    assert "50 or more commits come along" in page
    assert "Change 50" in page
    assert "Change 0<" not in page
