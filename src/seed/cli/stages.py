"""Stages of an app."""

from __future__ import annotations

from typing import Any, Literal

from cyclopts import App

from seed.cli import automatic, show
from seed.cli import client as api
from seed.cli.main import Json, group, quote

LONGEST = 40
"""Of a branch in a table; --json has it whole."""
PROMOTED = {
    "": "",
    "review": "promoted by itself, then reviewed",
    "findings": "promoted by itself, reviewed where there is a finding",
    "never": "WARNING: nobody reads what changes here",
}


def register(app: App) -> None:
    stages = group(app, "stage", "Stages: one environment each.")
    stages.command(list_stages, name="list")
    stages.command(add, name="add")
    stages.command(set_account, name="set")
    stages.command(set_review, name="review")
    stages.command(set_package, name="package")
    stages.command(set_functions, name="functions")
    stages.command(set_post_deploy, name="post-deploy")
    stages.command(rename, name="rename")
    stages.command(set_kind, name="kind")
    stages.command(set_source, name="source")
    stages.command(set_push, name="push")
    stages.command(set_promote, name="promote")
    stages.command(set_order, name="order")
    stages.command(keep, name="keep")
    automatic.register(stages)


def list_stages(app: str, *, json: Json = False) -> None:
    """The stages of an app."""
    found = api.Client().get(f"/apps/{quote(app)}")["stages"]
    if json:
        return show.as_json(found)
    rows = [
        (s["name"], s["kind"], _clipped(s["branch"]) or "promotion only", s["account"], s["region"], _remark(s))
        for s in found
    ]
    return show.table(("stage", "kind", "branch", "account", "region", ""), rows)


def _remark(stage: dict[str, Any]) -> str:
    said = []
    if stage["pull_request"]:
        said.append(f"pull request {stage['pull_request']}")
    if stage["branch"] and not stage["auto_deploy"]:
        said.append("pushes do not deploy it")
    if stage["closing"]:
        said.append(f"goes: {stage['closing']}")
    said.append(PROMOTED[stage["auto_promote"]])
    return "; ".join(one for one in said if one)


def _clipped(branch: str) -> str:
    return branch if len(branch) <= LONGEST else f"{branch[: LONGEST - 1]}…"


def keep(app: str, name: str, *, json: Json = False) -> None:
    """Keep a stage that came by itself and would go now; its idle days begin again."""
    made = api.Client().post(f"/apps/{quote(app)}/stages/{quote(name)}/keep")
    show.as_json(made) if json else show.out(f"{name} stays.")


def add(
    app: str,
    name: str = "",
    *,
    branch: str = "",
    kind: Literal["development", "staging", "production"] = "development",
    account: str = "",
    json: Json = False,
) -> None:
    """Add a development stage that follows a branch, or a staging or production stage that promotions come into.

    Parameters
    ----------
    name
        made of the branch when missing.
    branch
        the branch that a development stage follows.
    kind
        staging and production follow no branch; name them.
    account
        where it deploys to; that of the first stage when missing.

    """
    body = {"name": name, "branch": branch, "kind": kind, "account": account}
    made = api.Client().post(f"/apps/{quote(app)}/stages", body)
    comes_in = f"it follows {branch}" if kind == "development" else "promotions come in"
    show.as_json(made) if json else show.out(f"Added {made['name']}; {comes_in}.")


def set_account(app: str, name: str, *, account: str, json: Json = False) -> None:
    """Point a stage at another account, before its first deployment."""
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", {"account": account})
    show.as_json(made) if json else show.out(f"{name} deploys to {account}.")


def set_review(app: str, name: str, when: Literal["always", "needed"], *, json: Json = False) -> None:
    """Say which promotions to a stage have to be read: always, or only where something needs it.

    Parameters
    ----------
    when
        `needed` lets promotions of code and routine changes go with one click.

    """
    body = {"always_review": when == "always"}
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", body)
    what = "Every promotion" if when == "always" else "What needs it"
    show.as_json(made) if json else show.out(f"{what} is read before it goes to {name}.")


def set_package(app: str, name: str, when: Literal["beside", "asked"], *, json: Json = False) -> None:
    """Say when packages for a staging or production stage are made: beside the builds before it, or when asked.

    Parameters
    ----------
    when
        `asked` lets no code run with the stage's variables before somebody promotes it; a review then takes longer.

    """
    body = {"package_when_asked": when == "asked"}
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", body)
    what = "when somebody promotes to it" if when == "asked" else "beside the builds before it"
    show.as_json(made) if json else show.out(f"{name} is packaged for {what}.")


def set_functions(app: str, name: str, by: Literal["direct", "cloudformation"], *, json: Json = False) -> None:
    """Say how new code goes to a development stage: straight to Lambda, or all through CloudFormation.

    Parameters
    ----------
    by
        `direct` updates the functions that changed where nothing but code did.

    """
    body = {"functions_only": by == "direct"}
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", body)
    how = "straight to Lambda where nothing else changed" if by == "direct" else "through CloudFormation"
    show.as_json(made) if json else show.out(f"New code goes to {name} {how}.")


def set_post_deploy(app: str, name: str, *commands: str, none: bool = False, json: Json = False) -> None:
    """Run these once after all services were deployed to a stage: `seed stage post-deploy shop prod "npm run smoke"`.

    Parameters
    ----------
    commands
        each in quotes, in their order; without any, those that are set are shown.
    none
        take them away.

    """
    if commands and none:
        raise api.Told({"code": "usage", "sentence": "Either commands, or --none."})
    if commands or none:
        body = {"post_deploy": list(commands)}
        made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", body)
    else:
        made = _stage(app, name)
    if json:
        return show.as_json(made)
    return show.out(f"After a deployment to {name}: {' ; '.join(made['post_deploy']) or 'nothing more'}.")


def _stage(app: str, name: str) -> dict[str, Any]:
    stages: list[dict[str, Any]] = api.Client().get(f"/apps/{quote(app)}")["stages"]
    found = next((one for one in stages if one["name"] == name), None)
    if found is None:
        hint = f"seed stage list {app} shows its stages."
        raise api.Told({"code": "not-found", "sentence": f"{app} has no stage {name!r}.", "hint": hint})
    return found


def rename(app: str, name: str, to: str, *, json: Json = False) -> None:
    """Give a stage another name, before its first build."""
    _change(app, name, {"name": to}, f"{name} is called {to}.", json=json)


def set_kind(app: str, name: str, kind: Literal["development", "staging", "production"], *, json: Json = False) -> None:
    """Set a stage as development, staging or production."""
    _change(app, name, {"kind": kind}, f"{name} is a {kind} stage.", json=json)


def set_source(app: str, name: str, branch: str, *, json: Json = False) -> None:
    """Let a development stage follow another branch, and build it at once."""
    made = api.Client().put(f"/apps/{quote(app)}/stages/{quote(name)}/source", {"branch": branch})
    show.as_json(made) if json else show.out(f"{name} follows {branch}; build {made['number']} is on its way.")


def set_push(app: str, name: str, deploys: Literal["deploys", "nothing"], *, json: Json = False) -> None:
    """Say whether a push to its branch deploys a development stage."""
    said = f"A push deploys {name}." if deploys == "deploys" else f"A push does not deploy {name}."
    _change(app, name, {"auto_deploy": deploys == "deploys"}, said, json=json)


def set_promote(
    app: str, name: str, level: Literal["by-hand", "review", "findings", "never"], *, json: Json = False
) -> None:
    """Say how builds come into staging or production.

    Parameters
    ----------
    level
        by-hand: when a person promotes. The others promote every working build: `review` waits for a person
        each time, `findings` only where a finding is above routine, `never` never waits.

    """
    said = {
        "by-hand": f"Builds come into {name} when a person promotes them.",
        "review": f"Working builds are promoted to {name} by themselves; each waits for a review.",
        "findings": f"Working builds are promoted to {name} by themselves; one with a finding waits for a review.",
        "never": f"Working builds are promoted to {name} by themselves. WARNING: nobody reads what will change.",
    }
    _change(app, name, {"auto_promote": level}, said[level], json=json)


def set_order(app: str, *names: str, json: Json = False) -> None:
    """Put the stages of an app in this order; name each of them."""
    made = api.Client().put(f"/apps/{quote(app)}/stages", {"names": list(names)})
    show.as_json(made) if json else show.out(" → ".join(one["name"] for one in made))


def _change(app: str, name: str, body: dict[str, Any], said: str, *, json: bool) -> None:
    made = api.Client().patch(f"/apps/{quote(app)}/stages/{quote(name)}", body)
    show.as_json(made) if json else show.out(said)
