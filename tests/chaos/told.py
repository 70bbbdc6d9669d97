"""A forge beside a repository: branches and pull requests come and go, and each is told until it has been heard."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from tests.chaos.victim import Victim
from tests.support.repository import Repository
from tests.support.waiting import eventually

from seed.apps.stage_names import propose_stage_name
from seed.forges.signatures import sign
from seed.git.command import git

BEGAN = datetime(2026, 1, 2, tzinfo=UTC)
REPOSITORY = {"full_name": "mike/app"}


@dataclass
class Forge:
    """GitHub, as the server hears it."""

    victim: Victim
    repository: Repository
    secret: str
    branches: dict[str, str] = field(default_factory=dict)
    """Those of stages, with their newest commits."""
    requests: dict[int, str] = field(default_factory=dict)
    """The open ones, with their newest commits."""
    taken: list[str] = field(default_factory=list)
    """The deliveries that were answered with 2xx."""
    made: int = 0

    @property
    def expected(self) -> dict[str, str]:
        """The stages that must be there, with what runs in them."""
        of_branches = {propose_stage_name(name): commit for name, commit in self.branches.items()}
        return of_branches | {f"pr{number}": commit for number, commit in self.requests.items()}

    def new_branch(self) -> None:
        self.push(f"feature/{self._next()}")

    def push_again(self) -> None:
        self.push(next(iter(self.branches)))

    def push(self, branch: str) -> None:
        self.branches[branch] = self._commit(branch)
        self._tell_push(branch, self.branches[branch])

    def delete_branch(self) -> None:
        branch = next(iter(self.branches))
        del self.branches[branch]
        self._delete(branch)

    def open_request(self) -> None:
        number = self._next()
        self.requests[number] = self._commit(_head(number))
        self._tell_push(_head(number), self.requests[number])
        self._tell_request("opened", number, self.requests[number])

    def synchronise(self) -> None:
        number = next(iter(self.requests))
        self.requests[number] = self._commit(_head(number))
        self._tell_push(_head(number), self.requests[number])
        self._tell_request("synchronize", number, self.requests[number])

    def close_request(self) -> None:
        number = next(iter(self.requests))
        self._tell_request("closed", number, self.requests.pop(number))
        self._delete(_head(number))

    def reopen_request(self) -> None:
        """Closed by mistake, and open again at once."""
        number, head = next(iter(self.requests.items()))
        self._tell_request("closed", number, head)
        self._tell_request("reopened", number, head)

    def _next(self) -> int:
        self.made += 1
        return self.made

    def _commit(self, branch: str) -> str:
        """One more on the branch; the first begins at main."""
        there = git(("branch", "--list", branch), cwd=self.repository.folder)
        git(("checkout", "--quiet", *(() if there else ("-b",)), branch), cwd=self.repository.folder)
        self.repository.write("api/hello.js", f"exports.handler = async () => ({{ ok: {self._next()} }});\n")
        commit = self.repository.commit(f"On {branch}")
        git(("checkout", "--quiet", "main"), cwd=self.repository.folder)
        return commit

    def _delete(self, branch: str) -> None:
        git(("branch", "-D", "--quiet", branch), cwd=self.repository.folder)
        self._tell("push", {"ref": f"refs/heads/{branch}", "before": "a" * 40, "after": "0" * 40, "deleted": True})

    def _tell_push(self, branch: str, commit: str) -> None:
        self._tell("push", {"ref": f"refs/heads/{branch}", "before": "0" * 40, "after": commit, "created": False})

    def _tell_request(self, action: str, number: int, commit: str) -> None:
        at = BEGAN + timedelta(seconds=len(self.taken))
        request = {
            "number": number, "title": "Changes", "merged": False, "draft": False, "user": {"login": "mike"},
            "state": "closed" if action == "closed" else "open", "updated_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "head": {"ref": _head(number), "sha": commit, "repo": REPOSITORY},
            "base": {"ref": "main", "sha": "b" * 40, "repo": REPOSITORY},
        }  # fmt: skip
        self._tell("pull_request", {"action": action, "number": number, "pull_request": request})

    def _tell(self, name: str, body: dict[str, Any]) -> None:
        """Again and again under the same id while the server is away, as a person who redelivers would."""
        delivery, raw = f"delivery-{len(self.taken)}", json.dumps({"repository": REPOSITORY, **body}).encode()
        headers = {
            "X-GitHub-Event": name,
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": sign(self.secret, raw),
            "Content-Type": "application/json",
        }
        eventually(lambda: self._heard(headers, raw), f"an answer to {delivery}")
        self.taken.append(delivery)

    def _heard(self, headers: dict[str, str], raw: bytes) -> bool:
        address = f"http://127.0.0.1:{self.victim.port}/api/v1/hooks/app/github"
        try:
            answer = httpx2.post(address, content=raw, headers=headers, timeout=10, trust_env=False)
        except httpx2.HTTPError:
            return False
        assert answer.status_code == 202, answer.text
        return True


def _head(number: int) -> str:
    return f"changes-{number}"
