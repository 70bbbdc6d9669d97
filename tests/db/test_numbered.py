"""Numbers are given once, also after the row that had the highest is gone."""

from __future__ import annotations

from seed.apps.records import Account, App
from seed.db.base import Database


def add(database: Database, name: str, **more: object) -> int:
    with database.write() as session:
        made = App(slug=name, name=name, repository="/r", branch="main", sealed_webhook_secret=b"", **more)
        session.add(made)
        session.flush()
        return made.id


def remove(database: Database, number: int) -> None:
    with database.write() as session:
        session.delete(session.get_one(App, number))


def test_the_number_of_what_is_gone_is_not_given_again(database: Database) -> None:
    first, second = add(database, "a"), add(database, "b")
    remove(database, second)
    third = add(database, "c")
    remove(database, third)
    remove(database, first)

    assert [first, second, third, add(database, "d")] == [1, 2, 3, 4]


def test_numbers_that_were_given_by_hand_or_before_are_passed_over(database: Database) -> None:
    add(database, "by-hand", id=41)

    assert add(database, "next") == 42


def test_several_rows_of_one_transaction_have_numbers_of_their_own(database: Database) -> None:
    with database.write() as session:
        made = [App(slug=n, name=n, repository="/r", branch="m", sealed_webhook_secret=b"") for n in "abc"]
        session.add_all(made)
        session.add(Account(name="x", kind="local", region="r"))
        session.flush()

        assert sorted(one.id for one in made) == [1, 2, 3]
