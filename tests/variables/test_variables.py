"""Variables as rules: which counts, what stays secret, what a package was made with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.support.databases import database_at

from seed.apps.accounts import account_place
from seed.apps.records import Account, App, Service, Stage
from seed.audit.records import AuditEvent
from seed.db.rotate import rotate_keys, sealed_columns
from seed.db.vault import SecretNotReadable, Vault
from seed.errors import Invalid
from seed.people.actor import Actor, NotAllowed
from seed.variables.change import StaysSecret, copy_variables, remove_variable, set_variable
from seed.variables.effective import Given, effective, marks_of, moved
from seed.variables.env_file import read_env, write_env
from seed.variables.find import variables_of
from seed.variables.inject import inject, sealed_mark
from seed.variables.records import VariableVersion

ALICE, BOB = Actor(1, "Alice", "admin"), Actor(2, "Bob", "read")


class House:
    """An app with two stages and two services."""

    def __init__(self, folder: Path) -> None:
        self.database = database_at(folder / "seed.db")
        self.vault = Vault(folder / "key")
        with self.database.write() as session:
            session.add(App(id=1, slug="shop", name="shop", repository="/r", branch="main", sealed_webhook_secret=b"x"))
            session.add(Account(id=1, name="a", kind="local", region="x"))
            session.flush()
            for number, name, kind in ((1, "dev", "development"), (2, "prod", "production")):
                session.add(Stage(id=number, app_id=1, account_id=1, name=name, kind=kind, position=number))
            for number, name in ((1, "api"), (2, "web")):
                session.add(Service(id=number, app_id=1, name=name, path=name, config="serverless.yml"))

    def set(self, name: str, value: str, kind: str = "", stage: int = 0, service: int = 0) -> None:
        with self.database.write() as session:
            set_variable(
                session, self.vault, ALICE, session.get_one(App, 1), name, value, kind=kind,
                stage=session.get(Stage, stage), service=session.get(Service, service),
            )  # fmt: skip

    def values(self, stage: int, service: int) -> dict[str, str]:
        with self.database.read() as session:
            found = effective(session, self.vault, session.get_one(Stage, stage), session.get(Service, service))
            return {one.name: one.value for one in found}

    def marks(self, stage: int, service: int) -> dict[str, str]:
        with self.database.read() as session:
            return marks_of(session, session.get_one(Stage, stage), session.get(Service, service))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.database.close()


def test_the_nearest_place_counts(house: House) -> None:
    house.set("A", "app")
    house.set("B", "app")
    house.set("B", "app-api", service=1)
    house.set("C", "app-api", service=1)
    house.set("C", "dev", stage=1)
    house.set("D", "dev", stage=1)
    house.set("D", "dev-api", stage=1, service=1)

    assert house.values(1, 1) == {"A": "app", "B": "app-api", "C": "dev", "D": "dev-api"}
    assert house.values(1, 2) == {"A": "app", "B": "app", "C": "dev", "D": "dev"}
    assert house.values(2, 2) == {"A": "app", "B": "app"}


def test_production_is_not_seen_from_anywhere_else(house: House) -> None:
    house.set("KEY", "of production", "secret", stage=2)

    assert house.values(1, 1) == {}
    assert house.values(2, 1) == {"KEY": "of production"}


def test_a_version_is_added_with_who_and_when_and_the_same_value_is_none(house: House) -> None:
    house.set("A", "1")
    house.set("A", "1")
    house.set("A", "2")

    with house.database.read() as session:
        shown = variables_of(session, house.vault, ALICE, session.get_one(App, 1))[0]
        told = session.scalars(sa.select(AuditEvent.details)).all()
    assert [(then.version, then.person) for then in shown.history] == [(2, "Alice"), (1, "Alice")]
    assert "'2'" not in str([{k: v for k, v in one.items() if k != "version"} for one in told])


def test_what_is_secret_is_not_shown_and_stays_secret(house: House) -> None:
    house.set("KEY", "hush-hush", "secret", stage=2)

    with pytest.raises(StaysSecret):
        house.set("KEY", "open", "plain", stage=2)
    house.set("KEY", "hush-again", stage=2)
    with house.database.read() as session:
        (shown,) = variables_of(session, house.vault, ALICE, session.get_one(App, 1))
    assert (shown.kind, shown.value, shown.version) == ("secret", None, 2)
    with house.database.write() as session:
        remove_variable(session, ALICE, session.get_one(App, 1), "KEY", stage=session.get_one(Stage, 2))
    house.set("KEY", "open", "plain", stage=2)
    assert house.values(2, 1) == {"KEY": "open"}


def test_who_may_only_read_changes_nothing_and_sees_no_value(house: House) -> None:
    house.set("A", "1")

    with house.database.write() as session:
        app = session.get_one(App, 1)
        with pytest.raises(NotAllowed):
            set_variable(session, house.vault, BOB, app, "A", "2")
        with pytest.raises(NotAllowed):
            remove_variable(session, BOB, app, "A")
        assert variables_of(session, house.vault, BOB, app)[0].value is None


def test_a_sealed_value_moved_to_another_variable_does_not_open(house: House) -> None:
    house.set("A", "for a", "secret")
    house.set("B", "for b", "secret")
    with house.database.write() as session:
        rows = session.scalars(sa.select(VariableVersion).order_by(VariableVersion.id)).all()
        rows[1].sealed_value = rows[0].sealed_value

    with pytest.raises(SecretNotReadable):
        house.values(1, 1)


@pytest.mark.parametrize("name", ["SEED_X", "AWS_REGION", "_HANDLER", "aws_x", "1A", "A-B", "A B", "", "LAMBDA_X"])
def test_names_that_others_set_are_refused(house: House, name: str) -> None:
    with pytest.raises(Invalid):
        house.set(name, "x")


@pytest.mark.parametrize(
    ("value", "kind"), [("abc", "secret"), ("x" * 4097, ""), ("a\0b", ""), ("a b", "ssm"), ("x", "odd")]
)
def test_values_that_cannot_be_are_refused(house: House, value: str, kind: str) -> None:
    with pytest.raises(Invalid):
        house.set("A", value, kind)


def test_what_a_package_was_made_with_tells_which_names_moved(house: House) -> None:
    house.set("A", "1")
    house.set("GONE", "1")
    before = house.marks(1, 1)
    house.set("A", "2")
    house.set("NEW", "1", stage=1)
    with house.database.write() as session:
        remove_variable(session, ALICE, session.get_one(App, 1), "GONE")

    assert moved(before, house.marks(1, 1)) == ["A", "GONE", "NEW"]
    assert moved(house.marks(1, 1), house.marks(1, 1)) == []
    assert moved(None, {}) == []


def test_a_stage_made_by_itself_takes_over_those_of_the_chosen_stage(house: House) -> None:
    house.set("A", "1", stage=1)
    house.set("KEY", "hush-hush", "secret", stage=1, service=1)
    with house.database.write() as session:
        app = session.get_one(App, 1)
        assert (
            copy_variables(session, house.vault, ALICE, app, session.get_one(Stage, 1), session.get_one(Stage, 2)) == 2
        )

    assert house.values(2, 1) == {"A": "1", "KEY": "hush-hush"}


def test_keys_are_rotated_and_what_was_sealed_opens_as_before(house: House, tmp_path: Path) -> None:
    house.set("KEY", "hush-hush", "secret")
    old = (tmp_path / "key").read_bytes()
    with house.database.read() as session:
        sealed = session.scalars(sa.select(VariableVersion.sealed_value)).one()

    with house.database.write() as session:
        session.get_one(App, 1).sealed_webhook_secret = house.vault.seal("hook", "p")
        session.get_one(Account, 1).sealed_secret = house.vault.seal("s", account_place("a"))
    assert rotate_keys(house.database, house.vault, ALICE) == 3
    new = (tmp_path / "key").read_bytes()

    assert len(new) == 32
    assert new != old
    assert house.values(1, 1) == {"KEY": "hush-hush"}
    fresh = Vault(tmp_path / "key")
    with house.database.read() as session:
        now = session.scalars(sa.select(VariableVersion.sealed_value)).one()
        assert fresh.open(session.get_one(Account, 1).sealed_secret, account_place("a")) == "s"
    assert now != sealed
    with pytest.raises(SecretNotReadable):
        fresh.open(sealed, "variable/1/1")


def test_a_rotation_that_was_cut_short_loses_nothing(house: House, tmp_path: Path) -> None:
    house.set("KEY", "hush-hush", "secret")
    house.vault.add_key()
    house.set("NEXT", "hush-next", "secret")

    house.vault = Vault(tmp_path / "key")

    assert house.values(1, 1) == {"KEY": "hush-hush", "NEXT": "hush-next"}


def test_every_sealed_column_is_rotated_by_its_name() -> None:
    assert {"accounts", "apps", "variable_versions"} <= {column.table.name for column in sealed_columns()}


def test_an_env_file_is_read_as_it_stands_and_written_so_that_it_reads_the_same() -> None:
    values = {"A": "1", "B": "with space", "C": "it's $HOME \\n", "D": 'quote " and #', "E": "", "F": "two\nlines"}
    house = [_given(name, value) for name, value in values.items()]

    assert read_env(write_env(house)) == values
    assert read_env("export A=1 # said\n# B=2\nC='x'\n") == {"A": "1", "C": "x"}
    with pytest.raises(Invalid):
        read_env("JUST_A_NAME\n")
    with pytest.raises(Invalid, match="Line 4 cannot be read") as refused:
        read_env("A=1\n\n\nnot a secret line\nB=2\n")
    assert "secret" not in str(refused.value)


AWKWARD = st.text(st.sampled_from("'\"\\\n\r\t\x1f\x7f #=$`{}\u2028é日a"), max_size=8)


@given(AWKWARD, AWKWARD)
def test_whatever_a_value_holds_an_exported_file_reads_the_same(one: str, other: str) -> None:
    written = write_env([_given("A", one), _given("B", other)])

    assert read_env(written) == {"A": one, "B": other}


def test_secrets_and_references_are_written_without_a_value() -> None:
    text = write_env([_given("KEY", "hush-hush", "secret"), _given("P", "/a/b", "ssm")])

    assert "hush" not in text
    assert text == "# KEY is secret\n# P comes from ssm: /a/b\n"


def test_a_template_holds_no_secret_and_every_function_has_its_variables() -> None:
    template = {
        "Resources": {
            "F": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"Environment": {"Variables": {"A": "theirs", "Z": "z"}}},
            },
            "G": {"Type": "AWS::Lambda::Function"},
            "H": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Fn::If": ["x", {}, {}]}}},
            "T": {"Type": "AWS::SNS::Topic"},
        }
    }
    given = [_given("A", "ours"), _given("K", "hush-hush", "secret"), _given("R", "/p", "ssm")]

    made, parameters, left = inject(template, {}, given)

    assert "hush" not in str(made) + str(parameters)
    assert made["Resources"]["F"]["Properties"]["Environment"]["Variables"] == {
        "A": "ours", "Z": "z", "K": {"Ref": "SeedVariable1Version1"}, "R": "{{resolve:ssm:/p}}",
    }  # fmt: skip
    assert made["Parameters"]["SeedVariable1Version1"]["NoEcho"] is True
    assert sealed_mark(parameters["SeedVariable1Version1"]) == (1, 1)
    assert left == ["H"]
    assert template["Resources"]["G"] == {"Type": "AWS::Lambda::Function"}


def test_another_environment_is_another_version_of_a_function() -> None:
    name = "FLambdaVersion" + "a" * 43
    template = {
        "Resources": {
            "F": {"Type": "AWS::Lambda::Function"},
            name: {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "F"}}},
        },
        "Outputs": {"V": {"Value": {"Ref": name}}},
    }
    ids = set()
    for value in ("1", "2"):
        made, _, _ = inject(template, {}, [_given("A", value, version=int(value))])
        (found,) = (key for key in made["Resources"] if key != "F")
        assert made["Outputs"]["V"]["Value"] == {"Ref": found}
        ids.add(found)

    assert len(ids) == 2
    assert inject(template, {}, [])[0] == template


def _given(name: str, value: str, kind: str = "plain", version: int = 1) -> Given:
    return Given(name, kind, 1, version, value)
