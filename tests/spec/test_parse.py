"""The build spec: what may stand in it, and what is said of everything else."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from seed.spec import HOOKS, KEYS, Runtime, SpecNotReadable, parse, problems, schema
from seed.spec.keys import Key

WHOLE = """
before_compile: [echo compile]
before_build:
  - echo build
before_deploy: [echo deploy]
after_deploy: [echo deployed]
before_remove: [echo remove]
after_remove: [echo removed]
environment: {LEVEL: debug, COUNT: 3, EMPTY: }
timeout: 5
unit_tests: true
runtime: {node: 20, python: '3.11'}
cache: [.webpack, web/.next/cache]
check_code_change: pnpm
stage_name_constructor: echo "x-$SEED_STAGE_BRANCH"
services:
  api:
    before_build: [make]
    after_deploy: []
    environment: {LEVEL: info}
    timeout: 90s
    runtime: {node: v22.1}
"""


def test_the_whole_file() -> None:
    spec = parse(WHOLE)

    assert spec.shared.commands("before_compile") == ("echo compile",)
    assert spec.shared.environment == {"LEVEL": "debug", "COUNT": "3", "EMPTY": ""}
    assert spec.shared.timeout == 300
    assert spec.shared.runtime == Runtime("20", "3.11")
    assert spec.shared.cache == (".webpack", "web/.next/cache")
    assert (spec.check_code_change, spec.stage_name_constructor) == ("pnpm", 'echo "x-$SEED_STAGE_BRANCH"')


def test_a_services_keys_replace_those_above_and_its_variables_join_them() -> None:
    api = parse(WHOLE).service("api")

    assert api.commands("before_build") == ("make",)
    assert api.commands("after_deploy") == ()
    assert api.commands("before_deploy") == ("echo deploy",)
    assert api.environment == {"LEVEL": "info", "COUNT": "3", "EMPTY": ""}
    assert (api.timeout, api.runtime) == (90, Runtime("22.1", "3.11"))
    assert parse(WHOLE).service("other") == parse(WHOLE).shared


@pytest.mark.parametrize("text", ["", "# nothing\n", "before_build:\n", "{}", "services: {api: }"])
def test_an_empty_file_is_the_same_as_none(text: str) -> None:
    assert parse(text).shared == parse("").shared


def test_check_code_change_can_be_switched_off() -> None:
    assert parse("check_code_change: false").check_code_change == "off"


WRONG: list[tuple[str, int, str, str]] = [
    ("before_biuld: [x]", 1, "before_biuld is not a key", "Did you mean before_build?"),
    ("\nbefore-deploy: [x]", 2, "before-deploy is not a key", "Did you mean before_deploy?"),
    ("services: {api: {env: {A: 1}}}", 1, "services.api.env is not a key", "Did you mean environment?"),
    ("xyzzy: 1", 1, "xyzzy is not a key", "Known are: before_compile"),
    ("services: {api: {timeot: 1}}", 1, "services.api.timeot is not a key", "Did you mean timeout?"),
    ("services: {api: {cache: [x]}}", 1, "services.api.cache is not a key", "top of the file only"),
    ("runtime: {nod: 20}", 1, "runtime.nod is not a key", "Did you mean node?"),
    ("runtime: {node: latest}", 1, "must be a version", ""),
    ("before_build: make", 1, "before_build must be a list", "dash"),
    ("before_build: [{a: b}]", 1, "is not a text", "quotes"),
    ("before_build:\n  - echo a: b", 2, "is not a text", "quotes"),
    ("timeout: soon", 1, "must be minutes", ""),
    ("timeout: 0", 1, "must be minutes", ""),
    ("build_timeout: later", 1, "build_timeout must be minutes", ""),
    ("services: {api: {build_timeout: 1h}}", 1, "services.api.build_timeout is not a key", "top of the file only"),
    ("environment: {SEED_BRANCH: x}", 1, "SEED_BRANCH is set by Seed itself", ""),
    ("environment: {HOME: /}", 1, "HOME is set by Seed itself", ""),
    ("environment: {'a b': x}", 1, "cannot name a variable", ""),
    ("environment: {A: [1]}", 1, "is not a text", ""),
    ("cache: [../other]", 1, "inside of the repository", ""),
    ("cache: [/etc]", 1, "inside of the repository", ""),
    ("check_code_change: svn", 1, "must be false, git", ""),
    ("before_build: [a]\nbefore_build: [b]", 2, "twice", ""),
    ("- a", 1, "must be a mapping", ""),
    ("before_build: [", 2, "does not parse", ""),
    ("[" * 100, 0, "nested deeper", ""),
]


@pytest.mark.parametrize(("text", "line", "sentence", "hint"), WRONG)
def test_what_is_wrong_is_said_with_its_place(text: str, line: int, sentence: str, hint: str) -> None:
    found = problems(text)

    assert any(p.line == line and sentence in p.sentence and hint in p.hint for p in found), found
    with pytest.raises(SpecNotReadable):
        parse(text)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SpecNotReadable) as caught:
        parse("a: 1\ntimeout: never\nbefore_deploy: x\n")

    assert all(f"Line {line}:" in caught.value.sentence for line in (1, 2, 3))


def test_ten_thousand_hooks_are_refused_in_one_sentence() -> None:
    found = problems("before_build:\n" + "  - echo\n" * 10_000)

    assert [p.sentence for p in found] == ["before_build has 10000 entries; 100 at most."]
    assert len(str(_error("\n".join(f"hook_{n}: [x]" for n in range(10_000))))) < 3000


def test_aliases_that_multiply_cost_nothing() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(15)
    )

    assert all("is not a key" in p.sentence for p in problems(bomb))


def test_a_file_of_more_than_a_megabyte_is_not_read() -> None:
    assert "larger than 1 MB" in problems("#" * 1_000_001)[0].sentence


def test_a_line_that_is_not_text_is_named_and_nothing_of_it_runs() -> None:
    raw = "before_build:\n  - echo sm\xf6rg\xe5s\n".encode("latin-1")

    assert [(p.line, p.sentence) for p in problems(raw.decode(errors="replace"))] == [(2, "This line is not in UTF-8.")]


def _error(text: str) -> SpecNotReadable:
    with pytest.raises(SpecNotReadable) as caught:
        parse(text)
    return caught.value


def _fits(text: str) -> bool:
    data: Any = yaml.safe_load(text)
    return not list(jsonschema.Draft7Validator(schema()).iter_errors(json.loads(json.dumps(data))))


def test_the_editors_schema_knows_every_key_and_takes_what_the_parser_takes() -> None:
    jsonschema.Draft7Validator.check_schema(schema())

    assert set(schema()["properties"]) == {key.name for key in KEYS} > set(HOOKS)
    assert _fits(WHOLE)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_a_key_with_nothing_behind_it_is_none_for_the_parser_and_the_schema(key: Key) -> None:
    assert problems(f"{key.name}:") == []
    assert _fits(f"{key.name}:")


YAMLS_OWN = ("twice", "does not parse", "nested deeper")


@pytest.mark.parametrize("text", [text for text, _, said, _ in WRONG if said not in YAMLS_OWN])
def test_the_editors_schema_refuses_what_the_parser_refuses(text: str) -> None:
    assert not _fits(text)


@pytest.mark.parametrize(
    "text", ["unit_tests: 3", "unit_tests: maybe", "unit_tests: [true]", "services: {a: {unit_tests: x}}"]
)
def test_a_switch_is_true_or_false(text: str) -> None:
    [found] = problems(text)

    assert found.sentence.endswith("unit_tests must be true or false.")
    assert found.line == 1


def test_unit_tests_of_one_service() -> None:
    spec = parse("unit_tests: true\nservices: {api: {unit_tests: false}, web: {}}\n")

    assert (spec.service("api").unit_tests, spec.service("web").unit_tests) == (False, True)
    assert parse("").service("api").unit_tests is None


def test_a_name_that_no_service_has_is_told() -> None:
    spec = parse("services:\n  api: {timeout: 1m}\n  aip: {timeout: 1m}\n")

    assert spec.nobodys({"api", "mails"}) == ["services.aip of seed.yml holds for no service: the app has api, mails."]
    assert spec.nobodys({"api", "aip"}) == []
