"""Resources that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seed.changesets.findings.rule import Rule
from seed.changesets.model import Finding, Severity
from seed.changesets.review import Review


def find(review: Review) -> Iterator[Finding]:
    if review.change_set.empty:
        return
    circle = _circle({name: pair.after.needs for name, pair in review.pairs.items() if pair.after})
    if circle:
        chain = " → ".join([*circle, circle[0]])
        yield Finding(
            "circular-dependency",
            Severity.DANGER,
            f"The deployment will fail: {circle[0]} waits for itself ({chain}).",
            circle[0],
            evidence=chain,
            hint="Break the circle: give one of them a name of its own instead of a reference.",
        )


def _circle(needs: Mapping[str, list[str]]) -> list[str]:
    """One circle, by walking down without recursion; [] when there is none."""
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        on_path: set[str] = set()
        waiting = [(start, False)]
        while waiting:
            name, leave = waiting.pop()
            if leave:
                path.pop()
                on_path.discard(name)
                done.add(name)
            elif name in on_path:
                return path[path.index(name) :]
            elif name in needs and name not in done:
                path.append(name)
                on_path.add(name)
                waiting.append((name, True))
                waiting += [(other, False) for other in dict.fromkeys(needs[name])]
    return []


RULE = Rule(
    "circular-dependency",
    "Resources wait for each other",
    "danger",
    "CloudFormation refuses the template: “Circular dependency between resources”.",
    "CloudFormation user guide: DependsOn attribute; Troubleshooting",
    find,
    fails=True,
)
