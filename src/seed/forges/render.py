"""What the statuses, deployments and the comment say. Pure; whatever comes from a repository is shown as its text."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seed.forges.messages import Comment, Deployment, State, Status

CONTEXT, PULL_REQUEST_CONTEXT = "seed/{}", "seed/pr"
LARGEST_COMMENT = 60_000
LARGEST_OUTPUT, MOST_OUTPUTS = 300, 30
STATES: dict[str, State] = {
    "queued": "queued", "running": "running", "succeeded": "succeeded", "failed": "failed",
    "cancelled": "cancelled", "skipped": "cancelled",
}  # fmt: skip
SIGNS = {"succeeded": "✅", "unchanged": "✅", "failed": "❌", "cancelled": "⏹️", "skipped": "⏭️", "queued": "⏳"}
DONE = frozenset({"succeeded", "unchanged"})
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&-])")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/-]*)?")


@dataclass(frozen=True, slots=True)
class ToldService:
    name: str
    state: str
    reason: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToldBuild:
    """A build as a forge is told of it."""

    id: int
    number: int
    state: str
    reason: str
    commit: str
    stage: str
    production: bool
    pull_request: int
    """The number of the pull request that the stage was made for; 0 is none."""
    link: str
    services: tuple[ToldService, ...]


def context_of(build: ToldBuild) -> str:
    """All pull requests share one name, so that a rule of branch protection can ask for it."""
    return PULL_REQUEST_CONTEXT if build.pull_request else CONTEXT.format(build.stage)


def description_of(build: ToldBuild) -> str:
    done = sum(service.state in DONE for service in build.services)
    of = f"{done} of {len(build.services)} services" if len(build.services) > 1 else ""
    said = {
        "queued": f"Build {build.number} waits for its turn",
        "running": f"Build {build.number} deploys to {build.stage}" + (f": {of} done" if of else ""),
        "succeeded": f"Build {build.number} is deployed to {build.stage}",
        "failed": f"Build {build.number} failed" + (f": {of} deployed" if of else "") + _first_failure(build),
        "cancelled": f"Build {build.number} was cancelled",
        "skipped": f"Build {build.number} was skipped: {build.reason}",
    }
    return CONTROL.sub(" ", said[build.state])


def status_of(build: ToldBuild) -> Status:
    return Status(build.commit, context_of(build), STATES[build.state], description_of(build), build.link)


def deployment_of(build: ToldBuild, key: str) -> Deployment:
    return Deployment(
        key=key,
        commit=build.commit,
        environment=build.stage,
        production=build.production,
        transient=build.pull_request > 0,
        state=STATES[build.state],
        description=description_of(build),
        link=build.link,
        address=address_of(build),
    )


def address_of(build: ToldBuild) -> str:
    """The first output that is an https address and nothing else."""
    values = (value for service in build.services for _, value in sorted(service.outputs.items()))
    return next((value for value in values if ADDRESS.fullmatch(value)), "")


def comment_of(number: int, mark: str, build: ToldBuild, previews: Sequence[tuple[str, str]]) -> Comment:
    """`previews`: of each stage downstream its name, and what promoting this would change there, as Markdown."""
    sign = SIGNS.get(build.state, "🔄")
    lines = [
        mark,
        "",
        f"### {sign} {_plain(build.stage)}: [build {build.number}]({build.link}) of {_code(build.commit[:12])}",
        "",
        f"{_plain(description_of(build))}.",
        "",
        "| service | | |",
        "| --- | --- | --- |",
    ]
    for service in build.services:
        state = "no changes" if service.state == "unchanged" else service.state
        lines.append(
            f"| {_code(service.name)} | {SIGNS.get(service.state, '🔄')} {state} | {_plain(service.reason)[:300]} |"
        )
    lines += _outputs(build)
    for stage, text in previews:
        lines += ["", f"#### Promoting this would change in {_plain(stage)}", "", text]
    return Comment(number, mark, bounded(lines))


def removed_comment(number: int, mark: str, stage: str) -> Comment:
    return Comment(
        number, mark, f"{mark}\n\n### ⏹️ {_plain(stage)} was removed\n\nNothing of it is deployed by Seed any more."
    )


def mark_of(secret: str, app: str, number: int) -> str:
    """Unseen in each forge's Markdown; nobody else can write it, so the comment that holds it is ours."""
    known = hmac.new(secret.encode(), f"comment/{app}/{number}".encode(), hashlib.sha256).hexdigest()[:24]
    return f"[//]: # (seed-{known})"


def bounded(lines: Sequence[str]) -> str:
    """Up to what a comment may hold; whatever is left open by the cut is closed."""
    text = "\n".join(lines)
    if len(text) <= LARGEST_COMMENT:
        return text
    cut = text[: text.rindex("\n", 0, LARGEST_COMMENT)]
    closing = "\n\n</details>" * max(0, cut.count("<details>") - cut.count("</details>"))
    return f"{cut}{closing}\n\n… the rest is shown in Seed."


def _outputs(build: ToldBuild) -> list[str]:
    found = [(s.name, name, value) for s in build.services for name, value in sorted(s.outputs.items())]
    if not found:
        return []
    shown = [f"- {_code(service)} {_code(name)}: {_value(value)}" for service, name, value in found[:MOST_OUTPUTS]]
    more = [f"- … and {len(found) - MOST_OUTPUTS} more"] if len(found) > MOST_OUTPUTS else []
    return ["", "**Outputs**", "", *shown, *more]


def _value(value: str) -> str:
    return value if ADDRESS.fullmatch(value) else _code(value[:LARGEST_OUTPUT])


def _first_failure(build: ToldBuild) -> str:
    failed = next((service for service in build.services if service.state == "failed"), None)
    return f" ({failed.name})" if failed else ""


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", CONTROL.sub(" ", text))


def _code(text: str) -> str:
    """A code span that its content cannot end, also within a table."""
    text = CONTROL.sub(" ", text).replace("|", "¦")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence, pad = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{pad}{text}{pad}{fence}"
