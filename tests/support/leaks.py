"""Look for secrets where they must not be, in every form in which they are usually written.

It does not ask the product how: what that does not know must be found too.
"""

from __future__ import annotations

import base64
import html
import json
import sqlite3
import zipfile
from pathlib import Path
from urllib.parse import quote, quote_plus

SEARCHED = ("logs", "packages", "mirrors", "cache", "kept", "work", "runs", "warm")


def files(data: Path, since: float) -> dict[str, bytes]:
    """What a data folder has since then, archives opened."""
    found: dict[str, bytes] = {}
    for file in (one for name in SEARCHED for one in (data / name).rglob("*")):
        if file.is_file() and not file.is_symlink() and file.stat().st_mtime >= since:
            found[f"file {file.relative_to(data)}"] = file.read_bytes()
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    inside = b"\n".join(archive.read(name) for name in archive.namelist())
                found[f"file {file.relative_to(data)}, opened"] = inside
    return found


def dumped(database: Path) -> dict[str, bytes]:
    """As it is told, and as it lies on the disk."""
    with sqlite3.connect(database) as rows:
        found = {"row of any table": "\n".join(rows.iterdump()).encode()}
    rows.close()
    return found | {f"database {file.name}": file.read_bytes() for file in database.parent.glob(f"{database.name}*")}


def leaks(places: dict[str, bytes], secrets: dict[str, str]) -> list[tuple[str, str]]:
    """(place, what). How hex and URLs write letters is their own affair."""
    forms = {what: written(secret) for what, secret in secrets.items()}
    found = []
    for place, text in places.items():
        lower = text.lower()
        for what, known in forms.items():
            if any(form in text for form in known) or any(form.lower() in lower for form in _spelled(secrets[what])):
                found.append((place, what))
    return found


def written(secret: str) -> list[bytes]:
    raw = secret.encode()
    inside = [base64.b64encode(b"\0" * at + raw)[4:-4] for at in range(3)]
    forms = [raw, *inside, *(one.translate(bytes.maketrans(b"+/", b"-_")) for one in inside), *_spelled(secret),
             json.dumps(secret)[1:-1].encode(), html.escape(secret).encode()]  # fmt: skip
    again = [json.dumps(form.decode())[1:-1].encode() for form in forms]
    return list(dict.fromkeys([*forms, *again]))


def _spelled(secret: str) -> list[bytes]:
    return [secret.encode().hex().encode(), quote(secret, safe="").encode(), quote_plus(secret).encode()]
