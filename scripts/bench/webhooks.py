"""How long a forge waits for its answer: a signed webhook over HTTP to a server that works them meanwhile."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
import uuid
from pathlib import Path

import httpx2
import sqlalchemy as sa
import uvicorn
from tests.support.seeded import seeded

from scripts.bench.report import say
from seed.apps.add import webhook_place
from seed.apps.records import App
from seed.forges.signatures import sign
from seed.server import application
from seed.work.hearing import forge_events

ROUNDS = 300


def webhooks(folder: Path) -> None:
    made = seeded(folder)
    with made.world.database.read() as session:
        app = session.scalars(sa.select(App)).one()
    secret = made.world.vault.open(app.sealed_webhook_secret, webhook_place(app.slug))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application(made.server), log_level="warning"))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        serving.start()
        threading.Thread(target=forge_events.run, args=(made.world,), daemon=True).start()
        at = f"http://127.0.0.1:{listener.getsockname()[1]}"
        began = time.process_time()
        times = _send(f"{at}/api/v1/hooks/shop/github", secret)
        spent = (time.process_time() - began) * 1000 / len(times)
        with httpx2.Client(trust_env=False) as client:
            least = [_health(client, at) for _ in range(ROUNDS)]
        server.should_exit = True
        serving.join()
    made.server.stopping.set()
    slow = sorted(times)[int(ROUNDS * 0.99)]
    say(f"\nA webhook's answer, {ROUNDS} pushes of 20 KB one after another, milliseconds (target: under 50)")
    say(f"  beside it, the server's smallest answer (/healthz): median {statistics.median(least):.1f}")
    say(f"  CPU of server, sender and working the pushes, for each: {spent:.1f}")
    say(f"  median {statistics.median(times):.1f}, 99 of 100 within {slow:.1f}, slowest {max(times):.1f}")


def _health(client: httpx2.Client, at: str) -> float:
    began = time.perf_counter()
    client.get(f"{at}/healthz")
    return (time.perf_counter() - began) * 1000


def _send(url: str, secret: str) -> list[float]:
    times = []
    with httpx2.Client(trust_env=False) as client:
        for number in range(ROUNDS + 10):
            body = {"ref": "refs/heads/main", "before": "", "after": f"{number:040x}", "more": "x" * 20_000}
            raw = json.dumps(body).encode()
            headers = {
                "X-GitHub-Event": "push",
                "X-GitHub-Delivery": str(uuid.uuid4()),
                "X-Hub-Signature-256": sign(secret, raw),
            }
            began = time.perf_counter()
            answer = _retried(client, url, raw, headers)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 202, answer.text  # noqa: S101, PLR2004, what is measured must work
    return times[10:]


def _retried(client: httpx2.Client, url: str, raw: bytes, headers: dict[str, str]) -> httpx2.Response:
    """The first one may come before the server listens."""
    for _ in range(100):
        try:
            return client.post(url, content=raw, headers=headers)
        except httpx2.ConnectError:
            time.sleep(0.05)
    raise RuntimeError("the server does not listen")
