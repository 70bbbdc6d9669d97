"""Cut what Seed says to GitHub out of GitHub's description of its API, for the contract tests.

npm pack @octokit/openapi    (380 MB unpacked, so it is no part of the project)
python scripts/forges/excerpt.py package/generated/api.github.com.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2]
TARGET = HERE / "tests/forges/data/github-openapi-excerpt.json"
REPOSITORY = "/repos/{owner}/{repo}"
PATHS = {
    REPOSITORY: ("get",),
    f"{REPOSITORY}/statuses/{{sha}}": ("post",),
    f"{REPOSITORY}/deployments": ("get", "post"),
    f"{REPOSITORY}/deployments/{{deployment_id}}/statuses": ("post",),
    f"{REPOSITORY}/issues/{{issue_number}}/comments": ("get", "post"),
    f"{REPOSITORY}/issues/comments/{{comment_id}}": ("patch",),
    f"{REPOSITORY}/installation": ("get",),
    "/app/installations/{installation_id}/access_tokens": ("post",),
}


def excerpt(spec: dict[str, Any]) -> dict[str, Any]:
    """The paths, and every component that they lead to."""
    paths = {path: {method: spec["paths"][path][method] for method in methods} for path, methods in PATHS.items()}
    components: dict[str, dict[str, Any]] = {}

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                _, _, kind, name = reference.split("/")
                if name not in components.setdefault(kind, {}):
                    components[kind][name] = spec["components"][kind][name]
                    walk(components[kind][name])
            for one in node.values():
                walk(one)

    walk(paths)
    return {"openapi": spec["openapi"], "info": spec["info"], "paths": paths, "components": components}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(excerpt(json.loads(Path(sys.argv[1]).read_text())), indent=1, sort_keys=True) + "\n")
