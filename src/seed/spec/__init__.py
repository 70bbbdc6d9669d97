"""The build spec: what a repository's `seed.yml` says about its builds. Pure: text in, frozen values out.

`keys.py` is the one table of what may stand in the file; parser, editor schema and documentation are read off it.
"""

from seed.spec.keys import HOOKS, KEYS
from seed.spec.model import FILE, BuildSpec, Hook, Problem, Runtime, ServiceSpec, SpecNotReadable
from seed.spec.parse import parse, problems
from seed.spec.schema import schema

__all__ = [
    "FILE",
    "HOOKS",
    "KEYS",
    "BuildSpec",
    "Hook",
    "Problem",
    "Runtime",
    "ServiceSpec",
    "SpecNotReadable",
    "parse",
    "problems",
    "schema",
]
