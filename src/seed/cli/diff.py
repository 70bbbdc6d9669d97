"""`seed diff`: what a change of a template will do. No server, no account."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

NO_CHANGE, CHANGES, DANGEROUS = 0, 3, 4


def register(app: App) -> None:
    app.command(diff)


def diff(
    old: Annotated[str, Parameter(allow_leading_hyphen=True)],
    new: str,
    *,
    before_parameters: Path | None = None,
    after_parameters: Path | None = None,
    deployed: Path | None = None,
    include: list[str] | None = None,
    property_values: Annotated[bool, Parameter(negative="--no-property-values")] = True,
    format: Literal["text", "json", "aws", "markdown"] = "text",  # noqa: A002, the flag's name
) -> int:
    """Compare two CloudFormation templates as CloudFormation does.

    A nested template that is a file below the folder of its parent is compared too.
    Exits with 0 when nothing changes, 3 when something does, 4 when something dangerous does.

    Parameters
    ----------
    old: a template file; - for a new stack.
    new: a template file.
    before_parameters: a JSON file with the values that are deployed, {"Name": "value"}.
    after_parameters: a JSON file with the values to come; the list that the AWS command line takes will do too.
    deployed: a JSON file with what is known of the stack, or AWS's answer to describe-stack-resources.
    include: LOCATION=FILE, the snippet that AWS::Include finds at this location; may be given again.
    property_values: whether --format aws tells values.
    format: text, json, aws (as DescribeChangeSet answers) or markdown.

    """
    import json
    from datetime import UTC, datetime

    from seed import changesets
    from seed.cli import diff_inputs as inputs
    from seed.errors import SeedError

    try:
        before = inputs.read_parameters(before_parameters)
        after = inputs.read_parameters(after_parameters, before)
        was = None if old == "-" else inputs.read_tree(Path(old))
        comes = inputs.read_tree(Path(new))
        known = None if deployed is None else changesets.read_deployed(inputs.read_json(deployed))
        pseudo = changesets.pseudo_of(known) if known else changesets.Pseudo()
        sides = was.template if was else None, comes.template
        snippets = inputs.read_includes(include or ())
        values: dict[str, Any] = {"before": before, "after": after, "pseudo": pseudo, "includes": snippets}
        values["today"] = datetime.now(UTC).date()
        values |= {"stack_name": pseudo.stack_name, "every_stack": format == "aws"}
        found = changesets.compare(*sides, deployed=known, **values)
        found = changesets.inside(found, was, comes, pseudo)
        if format == "aws":
            told = (
                changesets.answers(sides[0], before, known, pseudo, snippets),
                changesets.answers(sides[1], after, None, pseudo, snippets),
            )
            shape = changesets.as_aws(found, property_values=property_values, before=told[0], after=told[1])
            shown = json.dumps(shape, indent=2)
        else:
            shown = _rendered(found, format)
    except (SeedError, OSError) as error:
        print(f"{error}", file=sys.stderr)  # noqa: T201, the command's output
        return 1
    print(shown.rstrip())  # noqa: T201, same
    if found.empty:
        return NO_CHANGE
    return DANGEROUS if found.severity >= changesets.Severity.DANGER else CHANGES


def _rendered(found: Any, form: str) -> str:
    import json

    from seed import changesets

    if form == "json":
        return json.dumps(changesets.to_json(found), indent=2)
    return changesets.as_markdown(found) if form == "markdown" else changesets.as_text(found)
