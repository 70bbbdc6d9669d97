"""`seed diff`: what a change of a template will do. No server, no account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from seed.cli.question import Format, Question


def register(app: App) -> None:
    app.command(diff)


def diff(
    old: Annotated[str, Parameter(allow_leading_hyphen=True)],
    new: Annotated[str, Parameter(allow_leading_hyphen=True)],
    *,
    before_parameters: Path | None = None,
    after_parameters: Path | None = None,
    deployed: Path | None = None,
    region: str = "",
    before_tags: Path | None = None,
    after_tags: Path | None = None,
    include: list[str] | None = None,
    property_values: Annotated[bool, Parameter(negative="--no-property-values")] = True,
    format: Format = "text",  # noqa: A002, the flag's name
) -> int:
    """Compare two CloudFormation templates as CloudFormation does.

    A nested template that is a file below the folder of its parent is compared too.
    Exits with 0 when nothing changes, 3 when something does, 4 when something dangerous does.

    Parameters
    ----------
    old
        a template file; - for a new stack.
    new
        a template file.
    before_parameters
        a JSON file with the values that are deployed, {"Name": "value"}.
    after_parameters
        a JSON file with the values to come; the list that the AWS command line takes will do too.
    deployed
        a JSON file with what is known of the stack, or AWS's answer to describe-stack-resources.
    region
        where the stack is, if --deployed does not tell: eu-west-1.
    before_tags
        a JSON file with the tags that the stack has, {"Key": "value"}; CloudFormation hands them on.
    after_tags
        a JSON file with the tags that it gets; without one they stay.
    include
        LOCATION=FILE, the snippet that AWS::Include finds at this location; may be given again.
    property_values
        whether --format aws tells values.
    format
        text, json, aws (as DescribeChangeSet answers) or markdown.

    """
    from seed.cli.compare_files import compare_files

    return compare_files(
        Question(
            old,
            new,
            before_parameters,
            after_parameters,
            deployed,
            region,
            before_tags,
            after_tags,
            tuple(include or ()),
            property_values=property_values,
            format=format,
        )
    )
