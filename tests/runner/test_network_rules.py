"""Which addresses a build reaches, as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from seed.settings import WrongSetting, load
from seed.work.runner.network.relay import asked, refusal
from seed.work.runner.network.rules import Rules, parsed
from seed.work.runner.network.setting import Network, doors, gate_arguments

NAMES = {"registry.corp": ["10.1.2.3"], "trap.corp": ["169.254.169.254"]}
OWN = "198.51.100.7"


def rules(*allow: str, outside: bool = True) -> Rules:
    return Rules(map(parsed, allow), lambda name: NAMES.get(name, []), lambda address: address == OWN, outside=outside)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_open_by_the_usual_ports(address: str) -> None:
    assert [port for port in (22, 25, 80, 443, 5432, 9418) if rules().may(address, port)] == [22, 80, 443, 9418]
    assert not rules(outside=False).may(address, 443)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "100.64.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0",
        "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2002:a00:1::1", "192.0.0.192", "100.100.100.200", "168.63.129.16", "fd20:ce::254", OWN, f"::ffff:{OWN}",
    ],
)  # fmt: skip
def test_what_is_private_local_or_special_is_closed(address: str) -> None:
    assert not rules("*:5432").may(address, 443)
    assert not rules("*:5432").may(address, 5432)


@pytest.mark.parametrize(
    ("allowed", "address", "port", "open_"),
    [
        ("10.1.2.3:443", "10.1.2.3", 443, True),
        ("10.1.2.3:443", "::ffff:10.1.2.3", 443, True),
        ("10.1.2.3:443", "10.1.2.3", 80, False),
        ("10.1.2.3:443", "10.1.2.4", 443, False),
        ("10.1.0.0/16:443", "10.1.9.9", 443, True),
        ("10.1.0.0/16:443", "10.2.0.1", 443, False),
        ("[::1]:5000", "::1", 5000, True),
        ("registry.corp:4873", "10.1.2.3", 4873, True),
        ("Registry.Corp:4873", "10.1.2.3", 4873, True),
        ("registry.corp:4873", "10.1.2.4", 4873, False),
        ("*:5432", "8.8.8.8", 5432, True),
        ("*:5432", "8.8.8.8", 5433, False),
        (f"{OWN}:8080", OWN, 8080, True),
        ("trap.corp:80", "169.254.169.254", 80, False),
        ("0.0.0.0/0:80", "169.254.169.254", 80, False),
        ("::/0:80", "fd00:ec2::254", 80, False),
    ],
)
def test_doors(allowed: str, address: str, port: int, *, open_: bool) -> None:
    assert rules(allowed, outside=False).may(address, port) is open_
    assert rules(allowed).may(address, port) is (open_ or (port == 80 and address == "8.8.8.8"))


@pytest.mark.parametrize(
    "wrong",
    ["", "host", "host:", ":80", "host:0", "host:65536", "host:x", "ho st:80", "*.corp:80", "10.0.0.1/8:80",
     "169.254.169.254:80", "169.254.0.0/16:80", "[fd00:ec2::254]:80", "http://host:80", "300.0.0.0/8:80", "h:\u0661"],
)  # fmt: skip
def test_a_wrong_door_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parsed(wrong)


def test_doors_of_a_setting() -> None:
    assert doors(" a:1 ,, b:2,") == ("a:1", "b:2")
    with pytest.raises(ValueError, match="more than 100"):
        doors(",".join(f"a:{port}" for port in range(1, 200)))
    assert gate_arguments(Network("none", ("a:8080",)), ["127.0.0.1:4566"]) == (
        "none", "4566,8080", "127.0.0.1:4566,a:8080",
    )  # fmt: skip
    assert gate_arguments(Network("internet"), []) == ("internet", "22,53,80,443,9418", "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"build_network": "some"}, "SEED_BUILD_NETWORK Input should be 'all', 'internet' or 'none'"),
        ({"build_network_allow": "a:1,registry"}, "SEED_BUILD_NETWORK_ALLOW 'registry' is not host:port"),
    ],
)
def test_a_wrong_setting_is_named_at_start(given: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting) as refused:
        load(data=tmp_path, **given)

    assert said in str(refused.value)


def test_names_are_looked_up_outside_or_where_a_door_has_them() -> None:
    assert rules().may_ask("example.com")
    closed = rules("registry.corp:443", "10.0.0.0/8:1", "*:2", outside=False)
    assert closed.may_ask("REGISTRY.corp")
    assert not any(map(closed.may_ask, ("example.com", "*", "", "x.registry.corp")))


QUESTION = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x08registry\x04corp\x00\x00\x01\x00\x01"


def test_a_question_is_read_and_refused() -> None:
    assert asked(QUESTION) == "registry.corp"
    assert refusal(QUESTION) == QUESTION[:2] + b"\x81\x05" + QUESTION[4:]


@pytest.mark.parametrize("cut", range(len(QUESTION)))
def test_a_broken_question_does_no_harm(cut: int) -> None:
    assert isinstance(asked(QUESTION[:cut]), str)
