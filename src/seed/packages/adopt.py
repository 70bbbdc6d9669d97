"""Keep the generated ids that a stack already has, where what they stand for has not changed.

A stack first deployed by the framework's own command carries a clock in the id of its API deployment. As
long as the API is the same, Seed keeps that id, so that adopting the stack replaces and removes nothing.
"""

from __future__ import annotations

import json

from seed.packages.generated import Template, canonical, deployments, rename


def adopt(packaged: str, deployed: Template | None) -> str:
    """The canonical template to send, given what is deployed. Same inputs, same answer."""
    if deployed is None:
        return packaged
    template = json.loads(packaged)
    there = {(stem, suffix): logical_id for logical_id, stem, suffix in deployments(deployed)}
    names = {
        logical_id: there[stem, suffix]
        for logical_id, stem, suffix in deployments(template)
        if there.get((stem, suffix), logical_id) != logical_id
    }
    return canonical(rename(template, names)) if names else packaged
