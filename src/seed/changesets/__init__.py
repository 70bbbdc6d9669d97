"""What a deployment will do, read from two templates. Pure: no AWS, no database, no web.

    from seed.changesets import compare, parse_template
    change_set = compare(parse_template(old), parse_template(new))

`ChangeSet` is the one model of console, API, CLI and comments; docs/changesets.md tells how to use it and
docs/review.md what it finds.
"""

from seed.changesets.answers import answers
from seed.changesets.aws_shape import as_aws
from seed.changesets.compare import compare
from seed.changesets.deployed import Deployed, pseudo_of, read_deployed
from seed.changesets.evaluate import Pseudo, kept
from seed.changesets.families import Family, families
from seed.changesets.headline import headline
from seed.changesets.json_shape import from_json, to_json
from seed.changesets.markdown import as_markdown
from seed.changesets.merge import merge
from seed.changesets.model import (
    ChangeSet,
    CodeChange,
    FileChange,
    Finding,
    PropertyChange,
    ResourceChange,
    Severity,
)
from seed.changesets.nested import Tree, inside
from seed.changesets.template import InvalidTemplate, Template, parse_snippet, parse_template
from seed.changesets.text import as_text

__all__ = [
    "ChangeSet",
    "CodeChange",
    "Deployed",
    "Family",
    "FileChange",
    "Finding",
    "InvalidTemplate",
    "PropertyChange",
    "Pseudo",
    "ResourceChange",
    "Severity",
    "Template",
    "Tree",
    "answers",
    "as_aws",
    "as_markdown",
    "as_text",
    "compare",
    "families",
    "from_json",
    "headline",
    "inside",
    "kept",
    "merge",
    "parse_snippet",
    "parse_template",
    "pseudo_of",
    "read_deployed",
    "to_json",
]
