"""What `seed diff` does once it knows what it is asked: files in, a rendering and an exit code out."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seed import changesets
from seed.cli import diff_inputs as inputs
from seed.cli.question import Format, Question
from seed.errors import Invalid, SeedError

NO_CHANGE, FAILED, CHANGES, DANGEROUS = 0, 1, 3, 4


def compare_files(asked: Question) -> int:
    """The exit code; the rendering is printed."""
    try:
        found, shown = _answer(asked)
    except (SeedError, OSError) as error:
        print(f"{error}", file=sys.stderr)  # noqa: T201, the command's output
        return FAILED
    if not _written(shown.rstrip()):
        return FAILED
    if found.severity >= changesets.Severity.DANGER:
        return DANGEROUS
    return NO_CHANGE if found.empty else CHANGES


def _written(shown: str) -> bool:
    """Whether it could be. A reader who has left, such as `head`, has read enough: the answer stays the same."""
    try:
        print(shown, flush=True)  # noqa: T201, the command's output
    except OSError as error:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123, nobody is told at the end again
        if not isinstance(error, BrokenPipeError):
            print(f"The answer cannot be written: {error.strerror}.", file=sys.stderr)  # noqa: T201, same
            return False
    return True


def _answer(asked: Question) -> tuple[changesets.ChangeSet, str]:
    before = inputs.read_parameters(asked.before_parameters)
    if asked.new == "-":
        raise Invalid("NEW is a file. Only OLD may be -, for a stack that is not there yet.")
    was = None if asked.old == "-" else inputs.read_tree(Path(asked.old))
    comes = inputs.read_tree(Path(asked.new))
    known = None if asked.deployed is None else changesets.read_deployed(inputs.read_json(asked.deployed))
    pseudo = changesets.pseudo_of(known or changesets.Deployed())
    pseudo = replace(pseudo, region=pseudo.region or asked.region)
    old, new = was.template if was else None, comes.template
    after = inputs.read_parameters(asked.after_parameters, inputs.deployed_values(old, before))
    snippets = inputs.read_includes(asked.include)
    values: dict[str, Any] = {"before": before, "after": after, "pseudo": pseudo, "includes": snippets}
    values["today"] = datetime.now(UTC).date()
    values |= {"stack_name": pseudo.stack_name, "every_stack": asked.format == "aws"}
    tags = inputs.read_tags(asked.before_tags), inputs.read_tags(asked.after_tags or asked.before_tags)
    try:
        found = changesets.compare(old, new, deployed=known, before_tags=tags[0], after_tags=tags[1], **values)
    except changesets.InvalidTemplate as error:
        values |= {"before": {}, "after": before}
        wrong = asked.old if _refused(old, values) else asked.new
        error.where = f"{wrong}: {error.where}" if error.where else wrong
        raise
    found = changesets.inside(found, was, comes, pseudo, tags=tags)
    if asked.format != "aws":
        return found, _rendered(found, asked.format)
    told = (
        changesets.answers(old, before, known, pseudo, snippets),
        changesets.answers(new, changesets.kept(new, before, after), None, pseudo, snippets),
    )
    shape = changesets.as_aws(found, property_values=asked.property_values, before=told[0], after=told[1])
    return found, json.dumps(shape, indent=2)


def _refused(template: changesets.Template | None, values: dict[str, Any]) -> bool:
    try:
        changesets.compare(None, template or {}, **values)
    except changesets.InvalidTemplate:
        return True
    return False


def _rendered(found: changesets.ChangeSet, form: Format) -> str:
    if form == "json":
        return json.dumps(changesets.to_json(found), indent=2)
    return changesets.as_markdown(found) if form == "markdown" else changesets.as_text(found)
