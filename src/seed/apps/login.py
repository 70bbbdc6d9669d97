"""The login of an app's repository: sealed beside its address, and never shown."""

from __future__ import annotations

from seed.apps.records import App
from seed.db.vault import Vault
from seed.git import masked, parted


def login_place(slug: str) -> str:
    """Where a login lives: bound into its seal."""
    return f"app/{slug}/repository"


def seal_login(app: App, vault: Vault) -> None:
    """Out of the address, under the seal."""
    app.repository, login = parted(app.repository)
    if login:
        app.sealed_login = vault.seal(login, login_place(app.slug))


def login_of(app: App, vault: Vault) -> str:
    return vault.open(app.sealed_login, login_place(app.slug)) if app.sealed_login else ""


def shown_address(app: App) -> str:
    """As people see it: that there is a login, and not which."""
    return app.repository.replace("://", "://***@", 1) if app.sealed_login else masked(app.repository)
