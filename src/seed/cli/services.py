"""Services of an app and the phases they are deployed in."""

from __future__ import annotations

from typing import Any, Literal

from cyclopts import App

from seed.cli import client as api
from seed.cli import show
from seed.cli.main import Json, group, quote


def register(app: App) -> None:
    services = group(app, "service", "Services: what an app deploys, each at a path.")
    services.command(list_services, name="list")
    services.command(found, name="found")
    services.command(add, name="add")
    services.command(move, name="move")
    services.command(check_by, name="check-by")
    services.command(unit_tests, name="unit-tests")
    phases = group(app, "phase", "Phases: services of one are deployed together, one phase after another.")
    phases.command(list_phases, name="list")
    phases.command(arrange, name="set")
    phases.command(propose, name="propose")


def list_services(app: str, *, json: Json = False) -> None:
    """The services of an app."""
    services = api.Client().get(f"/apps/{quote(app)}")["services"]
    if json:
        return show.as_json(services)
    rows = [(s["name"], s["path"] or ".", s["config"], str(s["phase"])) for s in services]
    return show.table(("service", "path", "configuration", "phase"), rows)


def found(app: str, *, json: Json = False) -> None:
    """The services in the repository, whether the app has them or not."""
    there = api.Client().get(f"/apps/{quote(app)}/services/found")
    if json:
        return show.as_json(there)
    rows = [(s["path"] or ".", s["config"], s["name"], s["known"] or "not added") for s in there]
    return show.table(("path", "configuration", "name", "service"), rows)


def add(app: str, path: str, *, json: Json = False) -> None:
    """Add the service at a path of the repository."""
    made = api.Client().post(f"/apps/{quote(app)}/services", {"path": path})
    _shown(made, f"Added the service at {path}.", json=json)


def move(app: str, name: str, *, path: str, json: Json = False) -> None:
    """Give a service another path; its name and history stay.

    Parameters
    ----------
    path
        the folder in which its configuration is now.

    """
    made = api.Client().patch(f"/apps/{quote(app)}/services/{quote(name)}", {"path": path})
    _shown(made, f"{name} is at {path} now.", json=json)


def check_by(app: str, way: str, *, json: Json = False) -> None:
    """How builds find the services that changed.

    Parameters
    ----------
    way
        git, lerna, pnpm, npm, yarn, nx, or off to deploy every service each time.

    """
    made = api.Client().put(f"/apps/{quote(app)}/check-code-change", {"check_code_change": way})
    _shown(made, f"{app} finds what changed by: {way}.", json=json)


def unit_tests(app: str, switch: Literal["on", "off"], *, json: Json = False) -> None:
    """Say whether a service's own tests have to succeed before it is packaged; `seed.yml` may say otherwise."""
    made = api.Client().put(f"/apps/{quote(app)}/unit-tests", {"on": switch == "on"})
    _shown(made, f"Unit tests of {app} are {switch}.", json=json)


def list_phases(app: str, *, json: Json = False) -> None:
    """The phases of an app, in their order."""
    services = api.Client().get(f"/apps/{quote(app)}")["services"]
    phases = _phases(services)
    show.as_json(phases) if json else _print(phases)


def arrange(app: str, *phases: str, json: Json = False) -> None:
    """Arrange the services in phases, all of them: `seed phase set shop users,mails orders web`.

    Parameters
    ----------
    phases
        the services of each phase, with commas between them.

    """
    wanted = [[name.strip() for name in phase.split(",") if name.strip()] for phase in phases]
    made = api.Client().put(f"/apps/{quote(app)}/phases", {"phases": wanted})
    show.as_json(made) if json else _print(_phases(made["services"]))


def propose(app: str, *, apply: bool = False, json: Json = False) -> None:
    """What the repository says of the order: imports, `${cf:…}`, serverless-compose files.

    Parameters
    ----------
    apply
        arrange the phases so.

    """
    server = api.Client()
    proposal = server.get(f"/apps/{quote(app)}/phases/proposal")
    if proposal["problem"]:
        raise api.Told({"code": "cyclic-phases", "sentence": proposal["problem"]})
    if apply:
        server.put(f"/apps/{quote(app)}/phases", {"phases": proposal["phases"]})
    if json:
        return show.as_json(proposal)
    _print(proposal["phases"])
    for need in proposal["needs"]:
        show.out(f"  {need['service']} needs {need['needs']}: {need['because']}")
    return show.out("Arranged so." if apply else "Nothing is changed. Arrange so with --apply.")


def _phases(services: list[dict[str, Any]]) -> list[list[str]]:
    numbers = sorted({s["phase"] for s in services})
    return [sorted(s["name"] for s in services if s["phase"] == number) for number in numbers]


def _print(phases: list[list[str]]) -> None:
    show.table(("phase", "services"), [(str(number), ", ".join(names)) for number, names in enumerate(phases, 1)])


def _shown(made: dict[str, Any], sentence: str, *, json: bool) -> None:
    show.as_json(made) if json else show.out(sentence)
