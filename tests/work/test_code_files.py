"""Which files of a function's code change, told beside the function."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.change_sets import archive

from seed.changesets import ChangeSet, PropertyChange, ResourceChange, as_markdown, as_text, from_json, to_json
from seed.changesets.model import also_inside, row_at
from seed.changesets.nested import STACK
from seed.errors import NotFound
from seed.packages import Package
from seed.packages.package import PackagedAsset
from seed.packages.store import DiskStore
from seed.work.promoting.code_files import texts_of, with_code

NEW_CODE = PropertyChange("/Properties/Code/S3Key", before="a", after="b")
FUNCTION = ResourceChange("F", "AWS::Lambda::Function", "Modify", properties=(NEW_CODE,))


def package(folder: Path, *users: str, **files: str) -> Package:
    """A stored package with one archive."""
    content = archive(**files)
    sha256 = hashlib.sha256(content).hexdigest()
    place = folder / "files" / sha256[:2] / sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    asset = PackagedAsset(f"assets/{sha256}", sha256, len(content), users)
    return Package("app", "eu-west-1", "bucket", "{}", {}, {}, (), (asset,), "test")


def change_set(*rows: ResourceChange) -> ChangeSet:
    return ChangeSet("app", new_stack=False, resources=rows)


def told(tmp_path: Path, row: ResourceChange = FUNCTION, **new: Any) -> ResourceChange:
    before = package(tmp_path, "F", "G", src__f_js="one", same_js="s", old_js="o")
    after = package(tmp_path, "F", "G", **(new or {"src__f_js": "one two", "same_js": "s", "new_js": "n"}))
    return with_code(change_set(row), before, after, DiskStore(tmp_path)).resources[0]


def test_each_file_that_changes_is_named_with_its_size(tmp_path: Path) -> None:
    code = told(tmp_path).code

    assert code is not None
    assert [(one.path, one.before, one.after) for one in code.files] == [
        ("new_js", None, 1), ("old_js", 1, None), ("src/f_js", 3, 7),
    ]  # fmt: skip


def test_it_is_in_text_markdown_and_json(tmp_path: Path) -> None:
    changes = change_set(told(tmp_path))

    assert "~ src/f_js (3 bytes → 7 bytes)" in as_text(changes)
    assert "code: 3 files" in as_text(changes)
    assert "src/f_js" in as_markdown(changes)
    assert from_json(to_json(changes)).resources[0].code == changes.resources[0].code


def test_a_text_is_read_from_both_packages_and_only_if_it_was_listed(tmp_path: Path) -> None:
    code = told(tmp_path).code
    assert code is not None

    for path, before, after in (("src/f_js", "one", "one two"), ("new_js", "", "n")):
        shown = texts_of(code, path, DiskStore(tmp_path))
        assert (shown.file.path, shown.before, shown.after) == (path, before, after)
    for unlisted in (code, None):
        with pytest.raises(NotFound, match="This review has no such file"):
            texts_of(unlisted, "same_js", DiskStore(tmp_path))


def test_a_stored_secret_is_withheld_in_text_and_in_names(tmp_path: Path) -> None:
    key = "-----BEGIN KEY-----\n" + "\n".join("QUJD" * 16 + str(n) for n in range(3)) + "\n-----END KEY-----\n"
    lines = "one\nconst k = 'hunter2+x';\nconst j = 'aHVudGVyMit4';\n"
    new = {"src__f_js": lines + key, "hunter2+x_js": "n"}
    before = package(tmp_path, "F", src__f_js="one")
    secrets = ["hunter2+x", key]
    changes = with_code(change_set(FUNCTION), before, package(tmp_path, "F", **new), DiskStore(tmp_path), secrets)
    code = changes.resources[0].code
    assert code is not None
    shown = texts_of(code, "src/f_js", DiskStore(tmp_path), secrets)

    assert shown is not None
    assert shown.withheld
    assert (shown.after or "").startswith("one\nconst k = '****';\nconst j = '****';\n")
    assert "QUJD" not in str(shown)
    assert "hunter2" not in str(changes)


def test_what_has_no_new_code_says_nothing(tmp_path: Path) -> None:
    memory = PropertyChange("/Properties/MemorySize", before=1, after=2)
    same = PropertyChange("/Properties/Code/S3Key", before="a", after="b", routine="same code, stored elsewhere")
    for row in (
        ResourceChange("F", "AWS::Lambda::Function", "Modify", properties=(memory,)),
        ResourceChange("F", "AWS::Lambda::Function", "Modify", properties=(same,)),
        ResourceChange("F", "AWS::Lambda::Function", "Add"),
        ResourceChange("Other", "AWS::Lambda::Function", "Modify", properties=(NEW_CODE,)),
    ):
        assert told(tmp_path, row).code is None


def test_without_the_package_that_runs_or_with_a_damaged_one_the_review_stands_all_the_same(tmp_path: Path) -> None:
    after = package(tmp_path, "F", src__f_js="one two")
    store = DiskStore(tmp_path)
    assert with_code(change_set(FUNCTION), None, after, store).resources[0].code is None

    before = package(tmp_path, "F", src__f_js="one")
    next((tmp_path / "files").glob(f"*/{before.assets[0].sha256}")).write_bytes(b"damaged")
    assert with_code(change_set(FUNCTION), before, after, store).resources[0].code is None


def test_many_files_are_counted_beyond_those_that_are_listed(tmp_path: Path) -> None:
    code = told(tmp_path, **{f"f{n}": "x" for n in range(300)}).code
    assert code is not None
    assert (len(code.files), code.number) == (200, 303)


def test_a_layer_has_its_files_and_each_function_says_what_becomes_of_its_layers(tmp_path: Path) -> None:
    moved = PropertyChange("/Properties/Content/S3Key", before="a", after="b", recreation="Always")
    layer = ResourceChange("Shared", "AWS::Lambda::LayerVersion", "Modify", "True", properties=(moved,))
    before, after = ({"Properties": {"Layers": [{"Ref": "Shared"}, one]}} for one in ("arn:old", {"Ref": "Fresh"}))
    user = ResourceChange("User", "AWS::Lambda::Function", "Modify", before=before, after=after)
    old, new = (package(tmp_path, "Shared", lib_js=text) for text in ("one", "two!"))

    shared, told = with_code(change_set(layer, user), old, new, DiskStore(tmp_path)).resources

    assert shared.code is not None
    assert [(one.path, one.before, one.after) for one in shared.code.files] == [("lib_js", 3, 4)]
    assert told.code is not None
    assert told.code.layers == ("+ Fresh", "- arn:old", "~ Shared (1 file)")
    changes = change_set(shared, told)
    assert "layers: + Fresh, - arn:old, ~ Shared (1 file)" in as_text(changes)
    assert "code: 0 files" not in as_text(changes)
    assert from_json(to_json(changes)).resources[1].code == told.code


def test_a_function_in_nested_stacks_says_it_too_and_layers_stay_within_their_stack(tmp_path: Path) -> None:
    """A namesake in another stack has its own archive."""
    shown = ResourceChange("Inner", STACK, "Modify", nested=change_set(FUNCTION))
    deep = change_set(FUNCTION, ResourceChange("Outer", STACK, "Modify", nested=change_set(shown)))
    before, after = (
        replace(inner, assets=(*inner.assets, *own.assets))
        for inner, own in (
            (package(tmp_path, "Outer/Inner/F", a_js=text), package(tmp_path, "F", b_js=text)) for text in ("1", "22")
        )
    )

    changes = with_code(deep, before, after, DiskStore(tmp_path))

    assert [files_of(one) for one in also_inside(changes.resources) if one.code] == [["b_js"], ["a_js"]]
    for text in (as_text(changes), as_markdown(changes)):
        assert "~ a_js (1 byte → 2 bytes)" in text
    assert "\n- `inside: ~ nested stack Inner`\n  - `inside: ~ function F`\n    - `code: 1 file" in as_markdown(changes)
    assert from_json(to_json(changes)) == changes
    found = row_at(changes.resources, "Outer/Inner/F")
    assert found is not None
    assert files_of(found) == ["a_js"]
    assert [row_at(changes.resources, other) for other in ("Outer/F", "F/F", "")] == [None] * 3


def files_of(row: ResourceChange) -> list[str]:
    return [one.path for one in row.code.files] if row.code else []
