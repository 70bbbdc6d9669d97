"""Each setting that cannot be worked with is named before anything starts."""

from __future__ import annotations

import pytest

from seed.aws.errors import RegionMissing
from seed.aws.kms import KmsGuard
from seed.settings import WrongSetting, load


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", ""),
        ("public_url", "ftp://seed.example.com"),
        ("public_url", "http://"),
        ("public_url", "https://example.com/seed"),
        ("allowed_hosts", "https://seed.example.com"),
        ("allowed_hosts", "seed.*.com"),
        ("proxies", "the-proxy"),
        ("private_hosts", "fine.internal, https://gitlab.internal"),
        ("review_days", "inf"),
        ("session_days", "1e300"),
        ("build_minutes", "nan"),
        ("build_memory_mb", "9" * 20),
        ("build_disk_mb", "9" * 20),
        ("build_output_mb", "9" * 20),
        ("build_processes", "9" * 20),
        ("cache_mb", "9" * 20),
        ("cache_paths_mb", "9" * 20),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_setting(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=f"SEED_{name.upper()}") as refused:
        load(**{name: value})

    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "https://seed.example.com:8443/"),
        ("allowed_hosts", "*, *.example.com, 10.0.0.1, ::1"),
        ("proxies", "10.0.0.1, ::1"),
        ("private_hosts", ""),
    ],
)
def test_what_is_meant_is_taken(name: str, value: str) -> None:
    load(**{name: value})


def test_a_kms_key_without_a_region_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path))

    with pytest.raises(RegionMissing, match="SEED_KMS_KEY"):
        KmsGuard("alias/seed")
