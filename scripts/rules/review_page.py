"""Write docs/review.md: every finding with its reason and its source, from the rules themselves.

python -m scripts.rules.review_page
"""

from __future__ import annotations

from pathlib import Path

from seed.changesets.findings import ASKED, RULES
from seed.changesets.findings.data import EMPTY_FIRST, HOLDS, LIGHT
from seed.changesets.findings.rule import Rule

PAGE = Path(__file__).parents[2] / "docs/review.md"
HEAD = """# The review: what is found, and why

A review shows CloudFormation's own answer beside our comparison of the two templates, and says in one sentence each
what a person must know before confirming. This page lists every finding; it is written by
`scripts/rules/review_page.py` from the rules in `src/seed/changesets/findings/`.

- **danger**: data is lost, access is opened, or the deployment will fail. Confirming asks for the stage's name,
  or, on the command line, for the digest of what was read.
- **warning**: something may be lost, opened or interrupted.
- **notice**: worth a look.
- **routine**: churn that every deployment brings. It is folded away and never hidden: new function versions, API
  deployments, log groups of new functions, code (of functions and layers) that is stored elsewhere but is the same,
  metadata only, tags only, the same items in another order (where nothing is made anew for it), an alias or a stage
  that moves on to the new version or deployment, a nested stack with nothing but routine inside, and what
  CloudFormation lists only because a value *might* change.

A review whose rows are all routine needs no reading. Within a severity, what will make the deployment fail stands
first, and the sentence at the top of the review names it.

What was generated for a thing folds beneath it: versions, permissions, aliases and log groups beneath their function,
preflight methods beneath their route, scaling beneath its table. Roles and policies that a person
wrote never do, nor does anything that a finding speaks of or whose fate is another than that of what it belongs to.

## Probably no change, because …

CloudFormation lists whoever reads an attribute of something that is updated in place. The review keeps such a row
(`inferred`), folds it, and says its chain: *OrdersFunction is updated in place and keeps its Arn*. It does so only for
attributes that an update in place cannot move: Arn, id, name, URL, domain name, endpoint. Attributes that can move
(a property that changes itself, a table's stream where the stream is asked otherwise, versions and revisions, outputs
of nested stacks, answers of custom resources, values of SSM parameters) are never folded.

## Secrets

Values of NoEcho parameters, of `{{resolve:secretsmanager:…}}` and `{{resolve:ssm-secure:…}}`, and every text that holds
a value the caller named as secret (however it is [written](variables.md)) are withheld, with everything around them in
the same leaf: before, after, whole resources, texts, JSON, and what CloudFormation itself answers for the same place.
The name of the property stays, and so do all names in an object that comes or goes as a whole. In the files of a
function's code, a stored secret itself is withheld, and the page says so.

CloudFormation masks NoEcho values, so whether one changes cannot be seen; the finding `parameter-unseen` says so.

## Findings
"""
MIDDLE = """
### {title}

`{id}` · {severity}

{reason}

Source: {source}.
"""
ACCOUNT = """
## Asked of the account

When a promotion is planned its account is asked, with calls that only read, for what no template tells: how much is in
what would be removed or replaced (items, objects, messages, users, bytes; with the time at which it was counted),
which stacks import the exports that change (`export-in-use` is then certain), whether what changes was changed or
deleted by hand since (`drifted`), of what CloudFormation itself warns, and what happens inside of nested stacks, whose
findings begin with *Inside the nested stack …*. What an account does not allow is left out.
"""
ADD = """
## Add a rule

One rule is one file in `src/seed/changesets/findings/`, named after its id: a function that reads the `Review` (the
rows so far and both evaluated templates) and yields `Finding`s, and a `RULE` with its id, title, worst severity, reason
and source, and with `fails` where what it finds makes the deployment fail. List it in `findings/__init__.py`, and give
it a pair of templates that earns it and one that does not in `tests/changesets/rules/`: a test fails while a rule lacks
either. Write this page anew with `make rules`. Ids are stable: people accept findings by them.
"""


def page() -> str:
    parts = [HEAD, *(_rule(rule) for rule in RULES), ACCOUNT, *(_rule(rule) for rule in ASKED)]
    parts.append("\n## What holds data\n\nLosing it is a danger; where it says so, a warning.\n\n")
    for kind, what in sorted(HOLDS.items()):
        notes = [note for note in (_note(kind),) if note]
        parts.append(f"- `{kind}`: {what}{''.join(notes)}\n")
    parts.append("\nEvery other type that AWS's service specification calls stateful is treated alike.\n")
    parts.append(ADD)
    return "".join(parts)


def _rule(rule: Rule) -> str:
    fails = ": the deployment will fail" if rule.fails else ""
    return MIDDLE.format(
        title=rule.title,
        id=rule.id,
        severity=f"up to **{rule.severity}**{fails}",
        reason=rule.reason,
        source=rule.source.rstrip("."),
    )


def _note(kind: str) -> str:
    if kind in LIGHT:
        return " (a warning)"
    return " (CloudFormation deletes it only when it is empty)" if kind in EMPTY_FIRST else ""


if __name__ == "__main__":
    PAGE.write_text(page())
