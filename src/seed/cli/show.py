"""What the commands print: aligned text for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from seed.cli.harmless import harmless

COLOURS = {
    "succeeded": "32", "promoted": "32", "unchanged": "32", "ready": "32",
    "failed": "31", "stale": "31", "rejected": "31",
    "running": "33", "deploying": "33", "planning": "33", "packaging": "33", "checking": "33", "queued": "33",
    "review": "36", "paused": "36", "confirmed": "36",
    "cancelled": "90", "skipped": "90", "expired": "90", "waiting": "90",
}  # fmt: skip
MINUTE, HOUR, DAY = 60, 3600, 86_400


def out(text: str = "") -> None:
    print(harmless(text, colours=sys.stdout.isatty()))  # noqa: T201, the command's output


def as_json(value: Any) -> None:
    out(json.dumps(value, indent=2))


def state(word: str) -> str:
    if not sys.stdout.isatty() or word not in COLOURS:
        return word
    return f"\x1b[{COLOURS[word]}m{word}\x1b[0m"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; states keep their colour."""
    rows = [[harmless(str(cell)).replace("\n", " ") for cell in row] for row in rows]
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    out("  ".join(word.upper().ljust(width) for word, width in zip(head, widths, strict=True)).rstrip())
    for row in rows:
        cells = [state(str(c)) + " " * (w - len(str(c))) for c, w in zip(row, widths, strict=True)]
        out("  ".join(cells).rstrip())


def age(at: str | None) -> str:
    if not at:
        return ""
    seconds = (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()
    for size, letter in ((DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if seconds >= size:
            return f"{int(seconds // size)}{letter}"
    return f"{max(0, int(seconds))}s"


def promoted(found: dict[str, Any]) -> str:
    """How much of a build was carried to a stage downstream."""
    return "promoted" if found["promoted_at"] else "partly promoted" if found["partly_promoted"] else ""


def build(found: dict[str, Any]) -> None:
    reason = f"  ({found['reason']})" if found["reason"] else ""
    carried = f", {promoted(found)}" if promoted(found) else ""
    out(f"{found['app']} {found['stage']} build {found['number']}: {state(found['state'])}{carried}{reason}")
    out(f"  {found['commit'][:12]}  {found['subject']}  {found['author']}")
    if found["known"]:
        known_error(found["known"], "  ")
    for service in found.get("services", []):
        why = f"  {service['reason']}" if service["reason"] else ""
        out(f"  {service['service']:<24} {state(service['state'])}{why}")
        if spent := _spent(service.get("steps", ())):
            out(f"    {spent}")
        for tried in service["attempts"]:
            removed = " The stack, never deployed well, was removed." if tried["remove"] else ""
            out(f"    attempt {tried['number']}: {tried['reason']}{removed} Tried again by itself.")
        if service["failure"]:
            failure(service["failure"], "    ")
        for made in service["downstream"]:
            package(made, "    ")
    if found["not_packaged"]:
        out(f"  Not packaged for the stages downstream. {found['not_packaged']}")


def package(made: dict[str, Any], indent: str) -> None:
    """What was made beside the build for a stage downstream, and why not."""
    wrong = made["failure"]
    out(f"{indent}package for {made['stage']}: {state(made['state'])}" + (f"  {wrong['sentence']}" if wrong else ""))
    if wrong:
        failure(wrong, f"{indent}  ")


def _spent(steps: Sequence[dict[str, Any]]) -> str:
    """Where the time went, step by step."""
    ended = [(one["name"], _seconds(one["started_at"], one["ended_at"])) for one in steps if one["ended_at"]]
    return ", ".join(f"{name} {took:.1f} s" for name, took in ended)


def _seconds(started: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()


def known_error(found: dict[str, Any], indent: str) -> None:
    """What it is, what to do, who says so, and the rule of the review that tells of it before it happens."""
    out(f"{indent}{found['title']}: {found['cause']}")
    out(f"{indent}→ {found['fix']}")
    out(f"{indent}  {found['source']}")
    if found["finding"]:
        out(f"{indent}  A review tells of it before it happens: {found['finding']}")


def failure(found: dict[str, Any], indent: str) -> None:
    """What is known of it first, then what to try."""
    known = found.get("known")
    if known:
        known_error(known, indent)
    if found.get("hint"):
        out(f"{indent}→ {found['hint']}")
    if found.get("report"):
        compatibility(found["report"], indent)


def compatibility(found: dict[str, Any], indent: str = "") -> None:
    """Which line fits, what stops the service, and the smallest edit."""
    fits = "fits" if found["fits"] else f"{len(found['problems'])} in the way"
    out(f"{indent}{found['service']}: {found['framework'] or 'not readable'}, {fits}. {found['because']}".rstrip())
    for one in found["problems"]:
        place = f"{one['file']}:{one['line']}" if one["line"] else one["file"]
        out(f"{indent}  ✗ {one['sentence']}{f' ({place})' if place else ''}")
        out(f"{indent}    → {one['fix']}")
    if found["diff"]:
        out(f"{indent}  The smallest edit (git apply takes it):")
        for line in found["diff"].rstrip().splitlines():
            out(f"{indent}  {line}" if indent else line)


def spec_problem(found: dict[str, Any]) -> None:
    place = f"seed.yml:{found['line']}" if found["line"] else "seed.yml"
    out(f"✗ {found['sentence']} ({place})")
    if found["hint"]:
        out(f"  → {found['hint']}")


def promotion(found: dict[str, Any]) -> None:
    target = f"{found['source_stage']} build {found['source_build']} → {found['target_stage']}"
    out(f"{found['kind'].capitalize()} {found['id']} of {found['app']}: {target}  {state(found['state'])}")
    wrong = [service for service in found.get("services", ()) if service["failure"]]
    for service in wrong:
        out(f"  {service['service']}: {service['failure']['sentence']}")
        failure(service["failure"], "    ")
    if found["reason"] and not wrong:
        out(f"  {found['reason']}")
    if found["failure"] and not wrong:
        failure(found["failure"], "  ")
    if found["state"] == "failed":
        for service in found.get("services", ()):
            if service["deployed"]:
                out(f"  {service['service']:<24} {state(service['deployed'])}")


def review(found: dict[str, Any]) -> None:
    promotion(found)
    if found["headline"]:
        out(f"\n{found['headline']}")
    for service in found["services"]:
        if service.get("repackaged"):
            out(f"  {service['service']}: {service['repackaged']}")
    if found["commits"]:
        out("\nCommits:")
        for commit in found["commits"]:
            out(f"  {commit['sha'][:12]}  {commit['subject']}  {commit['author']}")
    if found["compare_url"]:
        out(f"  {found['compare_url']}")
    if found["text"]:
        out(f"\n{found['text'].rstrip()}")
    _what_next(found)


def _what_next(found: dict[str, Any]) -> None:
    rows = [row for plan in found["services"] for row in (plan["changes"] or {}).get("resources", ())]
    if any(code["files"] for _, code in codes(rows)):
        out(f"\nCode, line by line: seed promotion code {found['id']}")
    if found["state"] == "review":
        if not found["needs_reading"]:
            out("\nNothing here needs reading: only code and what is routine changes.")
        out(f"\nDigest {found['digest']}")
        out(f"Confirm: seed promotion confirm {found['id']} --digest {found['digest']}")
        out(f"Reject:  seed promotion reject {found['id']} --reason '…'")


def codes(rows: Iterable[dict[str, Any]], within: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Whose code changes, and in which files; in nested stacks `Outer/Inner/Worker`."""
    for row in rows:
        if row.get("code"):
            yield f"{within}{row['logical_id']}", row["code"]
        yield from codes((row.get("nested") or {}).get("resources", ()), f"{within}{row['logical_id']}/")
