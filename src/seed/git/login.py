"""The login for a repository, given to git in its environment: no command line and no file has it.

It is a credential helper of this one host, so that a redirect to another one does not get it.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from seed.git.url import user_and_password

HELPER = (
    """!f() { test "$1" = get && """
    r"""printf 'username=%s\npassword=%s\n' "$SEED_GIT_USER" "$SEED_GIT_PASSWORD"; }; f"""
)


def environment_of(url: str, login: str) -> Mapping[str, str]:
    if not login:
        return {}
    parts = urlsplit(url)
    user, password = user_and_password(login)
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"credential.{parts.scheme}://{parts.netloc}.helper",
        "GIT_CONFIG_VALUE_0": HELPER,
        "SEED_GIT_USER": user,
        "SEED_GIT_PASSWORD": password,
    }
