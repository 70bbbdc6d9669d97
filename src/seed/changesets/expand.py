"""What CloudFormation does to a template before it compares: transforms that we know how to do ourselves.

`AWS::LanguageExtensions` loops are unrolled here; SAM is expanded by AWS's own translator, loaded only then.
Other macros run inside an account: a finding says that they cannot be seen into.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seed.changesets.evaluate import Pseudo, World
from seed.changesets.include import LANGUAGE, NOTHING, SAM, with_included
from seed.changesets.template import LOOP, MAX_NODES, TRANSFORM, InvalidTemplate, Template, check_shape
from seed.changesets.values import scalar_text

LOOP_PARTS = 3


def expanded(
    template: Template, given: Mapping[str, str], pseudo: Pseudo, includes: Mapping[str, Template] = NOTHING
) -> Template:
    """The template as CloudFormation compares it; the same object when nothing is to do."""
    check_shape(template)
    made = with_included(template, includes, World(template, given, pseudo).parameters) if includes else template
    made = _with_types(made)
    world = World(made, given, pseudo)
    if LANGUAGE in world.macros:
        made = _Unroll(world).value(made)
    else:
        _refuse_loops(made)
    if SAM in world.macros:
        from seed.changesets.sam import translated  # most templates are of another kind

        made = translated(made, given, pseudo)
    if made is not template:
        check_shape(made)
    return made


def _with_types(template: Template) -> Template:
    """A resource that a macro makes has the macro for its type, and what that is told for its properties."""
    written = template.get("Resources", {})
    made = {
        name: {"Type": TRANSFORM, "Properties": one}
        for name, one in written.items()
        if isinstance(one, dict) and name != TRANSFORM and "Type" not in one
    }
    return {**template, "Resources": {**written, **made}} if made else template


def _refuse_loops(template: Template) -> None:
    for section in ("Resources", "Parameters", "Conditions", "Mappings", "Outputs"):
        for name in template.get(section, {}):
            if name.startswith(LOOP):
                hint = f"Write Transform: {LANGUAGE} at the top of it."
                raise InvalidTemplate("The template has loops without the transform that they need.", hint=hint,
                                      where=f"{section}.{name}")  # fmt: skip


class _Unroll:
    """Write each loop out, bounded."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made = 0

    def value(self, node: Any) -> Any:
        self.made += 1
        if self.made > MAX_NODES:
            raise InvalidTemplate("The loops of the template make too much.", where="Fn::ForEach")
        if isinstance(node, list):
            return [self.value(item) for item in node]
        if not isinstance(node, dict):
            return node
        out: dict[str, Any] = {}
        for key, item in node.items():
            if key.startswith(LOOP):
                out.update(self.loop(key, item))
            else:
                out[key] = self.value(item)
        return out

    def loop(self, name: str, written: Any) -> dict[str, Any]:
        if not isinstance(written, list) or len(written) != LOOP_PARTS or not isinstance(written[2], dict):
            raise InvalidTemplate("Fn::ForEach takes a name, a list and a mapping.", where=name)
        identifier, collection, body = written
        items = self.world.value(collection)
        if not isinstance(identifier, str) or not isinstance(items, list):
            hint = "Give the values of the parameters that it is made of, and the region."
            raise InvalidTemplate(
                "Fn::ForEach needs a list that is known before the deployment.", where=name, hint=hint
            )
        out: dict[str, Any] = {}
        for item in items:
            out.update(self.value(_filled(body, identifier, scalar_text(item))))
        return out


def _filled(node: Any, name: str, value: str) -> Any:
    """The body of a loop for one item. `&{Name}` takes letters and digits only."""
    if isinstance(node, dict):
        if node == {"Ref": name}:
            return value
        return {_text(key, name, value): _filled(item, name, value) for key, item in node.items()}
    if isinstance(node, list):
        return [_filled(item, name, value) for item in node]
    return _text(node, name, value) if isinstance(node, str) else node


def _text(text: str, name: str, value: str) -> str:
    plain = "".join(sign for sign in value if sign.isalnum())
    return text.replace("${" + name + "}", value).replace("&{" + name + "}", plain)
