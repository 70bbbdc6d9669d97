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
    property_values: Annotated[bool, Parameter(negative="--no-property-values")] = True,
    format: Literal["text", "json", "aws", "markdown"] = "text",  # noqa: A002, the flag's name
) -> int:
    """Compare two CloudFormation templates as CloudFormation does.

    Exits with 0 when nothing changes, 3 when something does, 4 when something dangerous does.

    Parameters
    ----------
    old: a template file; - for a new stack.
    new: a template file.
    before_parameters: a JSON file with the values that are deployed, {"Name": "value"}.
    after_parameters: a JSON file with the values to come.
    deployed: a JSON file with what is known of the stack, or AWS's answer to describe-stack-resources.
    property_values: whether --format aws tells values.
    format: text, json, aws (as DescribeChangeSet answers) or markdown.

    """
    import json

    from seed import changesets
    from seed.errors import SeedError

    try:
        before, after = _parameters(before_parameters), _parameters(after_parameters)
        was = None if old == "-" else changesets.parse_template(Path(old).read_text())
        comes = changesets.parse_template(Path(new).read_text())
        known = None if deployed is None else changesets.read_deployed(_read(deployed))
        found = changesets.compare(was, comes, before=before, after=after, deployed=known)
        if format == "aws":
            told = changesets.answers(was, before, known), changesets.answers(comes, after)
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


def _parameters(file: Path | None) -> dict[str, str]:
    from seed.errors import Invalid

    if file is None:
        return {}
    found = _read(file)
    if not isinstance(found, dict):
        raise Invalid('A parameter file is {"Name": "value"}.', where=str(file))
    return {str(name): _value(value) for name, value in found.items()}


def _read(file: Path) -> Any:
    import json

    from seed.errors import Invalid

    try:
        return json.loads(file.read_text())
    except (ValueError, RecursionError):
        raise Invalid("The file is not JSON.", where=str(file)) from None


def _value(given: Any) -> str:
    """As CloudFormation takes it: a list with commas, a truth in lower case."""
    from seed.changesets.values import scalar_text

    return ",".join(map(scalar_text, given)) if isinstance(given, list) else scalar_text(given)
