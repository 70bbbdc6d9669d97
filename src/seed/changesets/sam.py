"""SAM, written out by AWS's own translator: no account is reached, and nothing has to be uploaded."""

from __future__ import annotations

import copy
import gc
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from seed.changesets.evaluate import Pseudo, World
from seed.changesets.include import LANGUAGE, SAM
from seed.changesets.template import TRANSFORM, InvalidTemplate, Template
from seed.changesets.values import is_intrinsic, scalar_text, show

MOST_REASONS = 3
ROUTES = ("Api", "HttpApi")
OF_A_ROUTE, MOST_COPIED = 400, 100_000_000
"""Signs: of a route in an API's definition, and of all that the translator may copy; that takes it ten seconds."""
SOMEWHERE = "s3://local-folder/"
FUNCTION = "AWS::Serverless::Function"
CODE = {"CodeUri", "ImageUri", "InlineCode"}
"""Where nothing of it is said the framework builds the folder of the template, or the image that Metadata tells of."""
PUBLISHED = {
    FUNCTION: ("AutoPublishAlias", "AutoPublishCodeSha256"),
    "AWS::Serverless::StateMachine": ("AutoPublishAlias",),
}
LOCATIONS = {
    FUNCTION: ("CodeUri",),
    "AWS::Serverless::LayerVersion": ("ContentUri",),
    "AWS::Serverless::Api": ("DefinitionUri",),
    "AWS::Serverless::HttpApi": ("DefinitionUri",),
    "AWS::Serverless::StateMachine": ("DefinitionUri",),
}
SKELETONS: dict[str, dict[str, Any]] = {
    "AWS::Serverless::Api": {"swagger": "2.0", "paths": {}},
    "AWS::Serverless::HttpApi": {"openapi": "3.0.1", "paths": {}},
}
"""Of a definition that is included from elsewhere: what is included stands beside it."""
_translator = threading.Lock()
"""The translator keeps its region in a class attribute."""


@dataclass(frozen=True, slots=True)
class _Session:
    """All that the translator asks of a session: no account is reached."""

    region_name: str


def translated(template: Template, given: Mapping[str, str], pseudo: Pseudo) -> Template:
    try:
        from samtranslator.model.exceptions import InvalidDocumentException
        from samtranslator.parser.parser import Parser
        from samtranslator.translator.translator import Translator
        from samtranslator.utils.py27hash_fix import (
            to_py27_compatible_template,
            undo_mark_unicode_str_in_template,
        )
    except ImportError:
        raise InvalidTemplate(
            "This is a SAM template, and aws-sam-translator is not installed.", hint="Install aws-sam-translator."
        ) from None
    written, values = _prepared(World(template, given, pseudo)), _open_values(template, given)
    _must_end(written)
    with _translator, _uncollected():
        translator = Translator(None, Parser(), boto_session=_Session(pseudo.region or "us-east-1"))
        try:
            to_py27_compatible_template(written, values)
            made = translator.translate(written, values, _Features(), get_managed_policy_map=_ByName)
        except InvalidDocumentException as error:
            raise InvalidTemplate(f"SAM refuses the template: {_reasons(error)}", where="Transform") from error
        except Exception as error:
            raise InvalidTemplate("SAM cannot read the template.", where="Transform") from error
        finally:
            translator.metrics.publish()  # to nobody: what is left unpublished is a warning on the terminal
    result: Template = json.loads(json.dumps(undo_mark_unicode_str_in_template(made)))
    result["Transform"] = [name for name in World(template).macros if name != SAM]
    if "Parameters" in template:
        result["Parameters"] = template["Parameters"]
    return result


@contextmanager
def _uncollected() -> Iterator[None]:
    """The translator makes millions of objects and no circles: to look for those takes a third of its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _must_end(template: Template) -> None:
    """The translator copies an API's definition for each route that is added to it."""
    resources = [one["Properties"] for name, one in template.get("Resources", {}).items() if name != TRANSFORM]
    events = (one for properties in resources for one in _mapping(properties.get("Events")).values())
    routes = sum(_mapping(one).get("Type") in ROUTES for one in events)
    written = sum(len(json.dumps(properties.get("DefinitionBody", ""), default=str)) for properties in resources)
    if routes * (routes * OF_A_ROUTE + written) > MOST_COPIED:
        raise InvalidTemplate(
            f"SAM would take too long for {routes:,} routes.", where="Transform",
            hint="CloudFormation takes 500 resources, and each route becomes one: split the service in two.",
        )  # fmt: skip


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _reasons(error: Any) -> str:
    """What SAM has against each resource; its own sentence only counts them."""
    found = [str(getattr(cause, "message", cause)) for cause in error.causes]
    more = f" … and {len(found) - MOST_REASONS:,} more" if len(found) > MOST_REASONS else ""
    return " ".join(found[:MOST_REASONS]) + more if found else str(error.message)


def _open_values(template: Template, given: Mapping[str, str]) -> dict[str, Any]:
    """The translator writes values into the template: a secret must not be among them."""
    return {name: value for name, value in given.items() if not _no_echo(template, name)}


def _no_echo(template: Template, name: str) -> bool:
    spec = _mapping((template.get("Parameters") or {}).get(name))
    return scalar_text(spec.get("NoEcho", "")).lower() == "true"


class _Features:
    """AWS switches nothing on here that only its own accounts have."""

    def is_enabled(self, _name: str) -> bool:
        return False


class _ByName(dict[str, str]):
    """AWS's own policies by name, without asking an account."""

    def get(self, key: str, default: Any = None) -> Any:
        return f"arn:aws:iam::aws:policy/{key}" if key in self else default

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.replace("-", "").isalnum()

    def __getitem__(self, key: str) -> str:
        return f"arn:aws:iam::aws:policy/{key}"


def _prepared(world: World) -> Template:
    """The translator wants code in S3, and asks a repository in the internet for applications: neither is needed."""
    template = world.template
    made = copy.deepcopy(template)
    general = _mapping(_mapping(made.get("Globals")).get("Function"))
    for name, spec in (made.get("Parameters") or {}).items():
        if _no_echo(template, name):
            spec.pop("Default", None)
    for logical_id, resource in made.get("Resources", {}).items():
        if logical_id == TRANSFORM:
            continue
        kind = resource.get("Type")
        properties = resource.setdefault("Properties", {}) or {}
        resource["Properties"] = properties
        if kind == FUNCTION and CODE.isdisjoint([*general, *properties]):
            image = properties.get("PackageType", general.get("PackageType")) == "Image"
            properties["ImageUri" if image else "CodeUri"] = logical_id if image else "."
        _readable(kind, properties, world)
        if kind == "AWS::Serverless::Application":
            resource["Type"] = "AWS::CloudFormation::Stack"
            place = properties.pop("Location", "")
            properties["TemplateURL"] = place if isinstance(place, str) else json.dumps(place, sort_keys=True)
    _readable(FUNCTION, general, world)
    return made


def _readable(kind: str, properties: dict[str, Any], world: World) -> None:
    body = properties.get("DefinitionBody")
    if kind in SKELETONS and isinstance(body, dict) and TRANSFORM in body:
        properties["DefinitionBody"] = {**SKELETONS[kind], **body}
    for name in LOCATIONS.get(kind, ()):
        _locate(properties, name, world)
    for name in PUBLISHED.get(kind, ()):
        _tell(properties, name, world)


def _tell(properties: dict[str, Any], name: str, world: World) -> None:
    """What the translator wants to read gets its text: as far as it is known, else the name of the parameter."""
    given = properties.get(name)
    if not isinstance(given, dict):
        return
    named = given.get("Ref")
    named = named if isinstance(named, str) else ""
    if named in world.parameters or LANGUAGE in world.macros:
        value = world.value(given)
        unknown = "".join(sign for sign in str(named or show(value)) if sign.isalnum())
        properties[name] = value if isinstance(value, str) else unknown


def _locate(properties: dict[str, Any], name: str, world: World) -> None:
    """A folder of the repository gets an address that only names it."""
    if is_intrinsic(properties.get(name)) and LANGUAGE in world.macros:  # which works out what it can
        properties[name] = show(world.value(properties[name]))
    place = properties.get(name)
    if isinstance(place, str) and not place.startswith("s3://"):
        properties[name] = SOMEWHERE + (place.strip("./") or "root")
