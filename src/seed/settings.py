"""What an operator can set: by environment (`SEED_…`), by `seed.env` in the data folder, or by a flag.

Each is checked at start; a wrong one is named with a code and a hint, all of them at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from seed.errors import SeedError
from seed.work.runner.network.setting import Mode, doors

ALIKE = 0.85
HOST = re.compile(r"[\w.-]+|[0-9a-fA-F:]+")
MOST_MB = 2**30
MOST_PROCESSES = 2**22
YEARS = 3650


class WrongSetting(SeedError):
    """A setting has a value that Seed cannot work with."""

    code = "wrong-setting"


class Settings(BaseSettings):
    """Raw text comes in, checked values come out."""

    model_config = SettingsConfigDict(env_prefix="SEED_", extra="forbid", frozen=True)

    data: Path = Field(default=Path(".seed"), description="Folder of everything Seed keeps.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    aws: Literal["local", "none"] = Field(
        default="local", description="`local` runs the embedded local AWS beside the server; `none` does not."
    )
    public_url: str = Field(default="", description="How people reach the console; default http://host:port.")
    allowed_hosts: str = Field(default="", description="More host names the console answers to, comma separated.")
    proxies: str = Field(
        default="127.0.0.1, ::1",
        description="Addresses of proxies before Seed, comma separated: their X-Forwarded-For says who asks.",
    )
    private_hosts: str = Field(
        default="",
        description="Hosts in private networks that Seed may speak to (your forge, mail, webhooks), comma separated.",
    )
    sandbox: Literal["auto", "bubblewrap", "none"] = Field(
        default="auto",
        description="How builds are fenced in; `auto` takes bubblewrap where it works.",
    )
    build_network: Mode = Field(
        default="internet",
        description="What builds reach: `internet` is public addresses by ssh, http, https and git; `none` is none of "
        "them; `all` is whatever this machine reaches. The local AWS is reached always.",
    )
    build_network_allow: str = Field(
        default="",
        description="Places that builds reach besides, comma separated: `host:port`, `10.0.0.0/8:443`, or `*:5432` for "
        "one more port of public addresses.",
    )
    frameworks: Path | None = Field(default=None, description="Folder with `node_modules` of the bundled frameworks.")
    build_minutes: float = Field(default=20, gt=0, le=24 * 60, description="Time limit of one command of a build.")
    build_total_minutes: float = Field(
        default=240,
        gt=0,
        le=7 * 24 * 60,
        description="Time limit of a build or promotion as a whole, from when it begins to work. What CloudFormation "
        "does counts, and is never interrupted by it.",
    )
    build_memory_mb: int = Field(
        default=4096, ge=64, le=MOST_MB, description="Memory that one command of a build may use, in MB."
    )
    build_processes: int = Field(
        default=2048, ge=8, le=MOST_PROCESSES, description="Processes that one command of a build may have."
    )
    build_memory_total_mb: int = Field(
        default=8192,
        ge=64,
        le=MOST_MB,
        description="Memory that the commands of a build may use together while they run side by side, in MB.",
    )
    build_processes_total: int = Field(
        default=4096, ge=8, le=MOST_PROCESSES, description="Processes that those may have together."
    )
    build_disk_mb: int = Field(
        default=10_240, ge=16, le=MOST_MB, description="Disk that the files of one build may use, in MB."
    )
    build_output_mb: int = Field(
        default=64,
        ge=1,
        le=MOST_MB,
        description="Size of one log: of a service in a build, or of a stored package; in MB.",
    )
    build_output_total_mb: int = Field(
        default=512, ge=1, le=MOST_MB, description="Size of all service logs of a build together, in MB."
    )
    cache_mb: int = Field(
        default=5120, ge=0, le=MOST_MB, description="Size of the cache of installed dependencies, in MB; 0 keeps none."
    )
    cache_paths_mb: int = Field(
        default=2048,
        ge=0,
        le=MOST_MB,
        description="Size of all folders kept by `cache` of `seed.yml`, in MB; 0 keeps none.",
    )
    services_at_once: int = Field(
        default=4, ge=1, le=64, description="Services of one build that work at the same time."
    )
    jobs_at_once: int = Field(
        default=4, ge=1, le=64, description="Plans and production packages made at the same time."
    )
    stages_at_once: int = Field(default=8, ge=1, le=64, description="Stages that deploy at the same time.")
    stages_at_once_per_app: int = Field(default=6, ge=1, le=64, description="Those of one app among them.")
    warm_packagers: int = Field(
        default=1,
        ge=0,
        le=16,
        description="Packagers that stand ready with the framework loaded; each holds about 150 MB.",
    )
    review_days: float = Field(default=7, gt=0, le=YEARS, description="After this an unconfirmed review expires.")
    kms_key: str = Field(
        default="",
        description="AWS KMS key that the key file is encrypted with, by the server's own credentials.",
    )
    retry_seconds: float = Field(
        default=10,
        ge=0,
        le=600,
        description="Wait before the first automatic retry; the second waits twice, the third three times as long.",
    )
    log_days: float = Field(
        default=0,
        ge=0,
        le=YEARS,
        description="The log of what ended is emptied so long after its last line; 0 keeps all.",
    )
    session_days: float = Field(default=14, gt=0, le=YEARS, description="How long a sign-in lasts.")
    log_format: Literal["console", "json"] = Field(default="console", description="Shape of the server's log.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What the server's log holds."
    )

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        value = value.rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query):
            raise ValueError("must be http:// or https:// and a host, with nothing behind it")
        return value

    @field_validator("data", mode="before")
    @classmethod
    def _is_named(cls, value: object) -> object:
        if not str(value).strip():
            raise ValueError("is empty")  # it would be the folder that the server happens to be started in
        return value

    @field_validator("data")
    @classmethod
    def _is_folder(cls, value: Path) -> Path:
        value = value.expanduser().absolute()
        if value.exists() and not value.is_dir():
            raise ValueError("is a file, not a folder")
        return value

    @field_validator("allowed_hosts", "private_hosts")
    @classmethod
    def _are_hosts(cls, value: str) -> str:
        for name in _listed(value):
            if name != "*" and not HOST.fullmatch(name.removeprefix("*.")):
                raise ValueError(f"{name!r} is no host's name")
        return value

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        return ", ".join(str(ip_address(name)) for name in _listed(value))

    @field_validator("build_network_allow")
    @classmethod
    def _are_doors(cls, value: str) -> str:
        return ",".join(doors(value))

    @property
    def private(self) -> frozenset[str]:
        return frozenset(name.lower() for name in _listed(self.private_hosts))

    @property
    def trusted_proxies(self) -> frozenset[str]:
        return frozenset(_listed(self.proxies))

    @property
    def url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"


def load(**flags: object) -> Settings:
    """Flags win over the environment, which wins over `seed.env` in the data folder."""
    given = {name: value for name, value in flags.items() if value is not None}
    folder = Path(str(given.get("data") or os.environ.get("SEED_DATA") or ".seed"))
    try:
        return Settings(_env_file=folder / "seed.env", **given)  # type: ignore[call-arg, arg-type]
    except ValidationError as error:
        said = "; ".join(f"{_name(e['loc'])} {_clean(e['msg'])}" for e in error.errors())
        raise WrongSetting(
            f"Settings are wrong: {said}.",
            hint="docs/settings.md lists every setting with its values.",
            where="settings",
        ) from None


def misspelt(environment: Iterable[str]) -> list[str]:
    """Names in the environment that are nearly a setting's, as sentences. Others may be somebody else's."""
    known = [f"SEED_{name.upper()}" for name in Settings.model_fields]
    found = {name: get_close_matches(name, known, 1, ALIKE) for name in sorted(environment) if name.startswith("SEED_")}
    return [
        f"{name} is no setting and does nothing. Did you mean {near[0]}?"
        for name, near in found.items()
        if near and name not in known
    ]


def _listed(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _name(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "settings"
    return name.upper() if name.lower().startswith("seed_") else f"SEED_{name.upper()}"


def _clean(message: str) -> str:
    return message.removeprefix("Value error, ").removesuffix(".")
