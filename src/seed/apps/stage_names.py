"""Names of stages: the framework and AWS take them verbatim, as parts of the names of resources."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from seed.errors import Invalid

MOST = 30
NAME = re.compile(rf"[A-Za-z][A-Za-z0-9-]{{0,{MOST - 1}}}")
RESERVED = frozenset({"activity", "notifications", "services", "settings", "variables"})
"""Pages of an app have these names."""
OTHER = re.compile(r"[^a-z0-9]+")
MARK = 6


def check_stage_name(name: str) -> str:
    if name in RESERVED:
        raise Invalid(f"{name!r} cannot name a stage.", hint="A page of the app is called so.", where="name")
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name[:80]!r} cannot name a stage.",
            hint=f"A letter, then letters, digits and dashes; up to {MOST}.",
            where="name",
        )
    return name


def propose_stage_name(branch: str) -> str:
    """`feature/Log in` → `feature-log-in`. A name that had to be cut ends in a mark of the whole branch,
    so that two long branches do not share a stage.
    """
    plain = OTHER.sub("-", branch.lower()).strip("-")
    if not plain[:1].isalpha() or plain in RESERVED:
        plain = f"b-{plain}".rstrip("-")
    if len(plain) <= MOST and len(plain) > len("b"):
        return plain
    return _marked(plain, branch)


def free_stage_name(name: str, branch: str, taken: Collection[str]) -> str:
    """`name`; where another stage has it, with a mark of the branch: `a/b` and `a-b` do not share a stage."""
    return _marked(name, branch) if name in taken else name


def _marked(name: str, branch: str) -> str:
    mark = hashlib.sha256(branch.encode(errors="replace")).hexdigest()[:MARK]
    return f"{name[: MOST - MARK - 1].rstrip('-')}-{mark}"
