"""`/healthz` for load balancers and `/metrics` for Prometheus. Both tell numbers, never names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from seed import __version__
from seed.builds.records import Build
from seed.promotions.records import Promotion
from seed.work.stacks.disagreements import SEEN
from seed.work.world import World


class Rows(Collector):
    """Counts from the rows, at the moment they are asked for."""

    def __init__(self, world: World) -> None:
        self._world = world

    def collect(self) -> Iterable[Metric]:
        return list(self._collect())

    def _collect(self) -> Iterator[Metric]:
        with self._world.database.read() as session:
            for name, record in (("builds", Build), ("promotions", Promotion)):
                family = GaugeMetricFamily(f"seed_{name}", f"Number of {name} by state", labels=["state"])
                column = sa.select(record.state, sa.func.count()).group_by(record.state)
                for state, count in session.execute(column):
                    family.add_metric([state], count)
                yield family
        jobs = GaugeMetricFamily("seed_jobs_open", "Jobs that wait or run", labels=["kind"])
        for kind, count in self._world.engine.pending().items():
            jobs.add_metric([kind], count)
        yield jobs
        cache = CounterMetricFamily("seed_dependency_cache", "Looks into the cache of dependencies", labels=["result"])
        for result, count in vars(self._world.dependencies.counts).items():
            cache.add_metric([result], count)
        yield cache
        differ = "Resources of which CloudFormation and the comparison of templates said different things"
        yield CounterMetricFamily("seed_sources_disagree", differ, value=SEEN.number)
        yield GaugeMetricFamily(
            "seed_sandboxed", "1 when builds run in a sandbox", value=int(self._world.runner.describe().sandboxed)
        )
        network = GaugeMetricFamily("seed_build_network", "1 for the network that builds have", labels=["mode"])
        network.add_metric([self._world.runner.describe().network], 1)
        yield network


def install(app: FastAPI) -> None:
    # The framework keeps every endpoint for ever: one that closes over the world would keep that too.
    app.add_api_route("/healthz", _healthz, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/metrics", _metrics, include_in_schema=False)


def _healthz(request: Request) -> JSONResponse:
    with request.app.state.world.database.read() as session:
        session.execute(sa.text("select 1"))
    return JSONResponse({"status": "ok", "version": __version__})


def _metrics(request: Request) -> Response:
    registry = CollectorRegistry()
    registry.register(Rows(request.app.state.world))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
