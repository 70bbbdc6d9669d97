"""Keep what a stack already has, where what it stands for has not changed.

A stack first deployed by the framework's own command carries a clock in the id of its API deployment. As
long as the API is the same, Seed keeps that id, so that adopting the stack replaces and removes nothing. A layer
version cannot change: stored elsewhere, it would be another one, and the one that others may use would be deleted.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from seed.packages.generated import Template, canonical, deployments, rename

LAYER = "AWS::Lambda::LayerVersion"
CONTENT = "Content"
PLACE_TOLD = ("Hash", "S3Key")
"""Ends of the outputs in which the framework keeps what it stored, to know it again."""


def adopt(packaged: str, deployed: Template | None, code_equal: Collection[str] = ()) -> str:
    """The canonical template to send, given what is deployed. Same inputs, same answer.

    A layer of `code_equal`, of which nothing but its place is new, stays in its place.
    """
    if deployed is None:
        return packaged
    template = json.loads(packaged)
    there = {(stem, suffix): logical_id for logical_id, stem, suffix in deployments(deployed)}
    names = {
        logical_id: there[stem, suffix]
        for logical_id, stem, suffix in deployments(template)
        if there.get((stem, suffix), logical_id) != logical_id
    }
    stay = [logical_id for logical_id in moved_layers(template, deployed) if logical_id in code_equal]
    for logical_id in stay:
        template["Resources"][logical_id] = deployed["Resources"][logical_id]
        for told in {f"{logical_id}{what}" for what in PLACE_TOLD} & template.get("Outputs", {}).keys():
            template["Outputs"][told] = deployed.get("Outputs", {}).get(told, template["Outputs"][told])
    return canonical(rename(template, names)) if names or stay else packaged


def moved_layers(template: Template, deployed: Template) -> Iterator[str]:
    """Layers of which the place of their archive is new, and nothing else."""
    running = deployed.get("Resources") or {}
    layers = {name: one for name, one in template["Resources"].items() if one.get("Type") == LAYER}
    for logical_id, layer in layers.items():
        before = running.get(logical_id, {})
        if layer != before and _but_for_place(layer) == _but_for_place(before):
            yield logical_id


def _but_for_place(layer: dict[str, Any]) -> dict[str, Any]:
    return {**layer, "Properties": {n: v for n, v in (layer.get("Properties") or {}).items() if n != CONTENT}}
