"""Over the wire: refusals told apart from outages, no redirects, an end in time, TLS for the name."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.notify.facts import FACT
from tests.notify.listening import Mailbox, Receiver, mailing
from tests.notify.telling import HERE

from seed.notify import smtp
from seed.notify.errors import NotTold, NotWanted
from seed.notify.mail import email_of
from seed.notify.post import post
from seed.notify.smtp import Server
from seed.outside import Deadline, PrivateAddress, unanswered

NONE: frozenset[str] = frozenset()
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def say(url: str, private: frozenset[str] = HERE) -> str:
    return post(url, b"{}", {}, private, lambda: AT)


@pytest.mark.parametrize("status", [500, 502, 503, 408])
def test_their_own_failure_passes(receiver: Receiver, status: int) -> None:
    receiver.answers = [(status, {}, b"")]
    with pytest.raises(NotTold):
        say(receiver.url)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_does_not(receiver: Receiver, status: int) -> None:
    receiver.answers = [(status, {}, b"no\x1b[31m\n\xff")]
    with pytest.raises(NotWanted) as refused:
        say(receiver.url)
    assert refused.value.sentence.isprintable()


def test_when_it_asks_to_wait_it_is_left_alone_so_long(receiver: Receiver) -> None:
    receiver.answers = [(429, {"Retry-After": "90"}, b"")]
    with pytest.raises(NotTold) as busy:
        say(receiver.url)
    assert busy.value.until == AT + timedelta(seconds=90)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(receiver: Receiver, status: int) -> None:
    receiver.answers = [(status, {"Location": f"{receiver.url}/elsewhere"}, b"")]
    with pytest.raises(NotWanted):
        say(receiver.url)
    assert [path for path, _, _ in receiver.posts] == ["/"]


def test_an_endless_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.answers = [(200, {}, b"x" * 5_000_000)]
    assert say(receiver.url) == "HTTP 200: " + "x" * 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "127.1"])
def test_loopback_in_any_writing_is_refused(receiver: Receiver, host: str) -> None:
    port = receiver.url.rsplit(":", 1)[-1]
    with pytest.raises((PrivateAddress, NotTold)):
        say(f"https://{host}:{port}", NONE)
    server = Server(host.strip("[]"), int(port), "tls", "", "seed@example.com")
    with pytest.raises((PrivateAddress, NotTold)):
        smtp.send(server, email_of(FACT, "seed@example.com", ["a@example.com"], "u"), ["a@example.com"], NONE)
    assert receiver.posts == []


def test_one_who_never_ends_is_left_at_the_deadline() -> None:
    """A drop each second would satisfy every timeout of a read."""
    here, there = socket.socketpair()
    with here, there, Deadline(0.05) as deadline:
        deadline.watch(here)
        assert here.recv(1) == b"", "shut, not answered"
    assert deadline.passed


def test_why_nobody_answered_is_said_in_words() -> None:
    unknown, other = socket.gaierror(-2, "Name or service not known"), OSError("so")
    deadline = Deadline(1)
    assert unanswered(unknown, deadline) == ": nobody knows its name"
    assert unanswered(other, deadline) == " (OSError)"
    deadline.passed = True
    assert unanswered(unknown, deadline) == " in time"


def test_a_socket_that_comes_after_the_deadline_is_shut_at_once() -> None:
    here, there = socket.socketpair()
    with here, there, Deadline(0) as deadline:
        deadline._timer.join()
        deadline.watch(here)
        assert here.recv(1) == b""


def mail(server: Server, *recipients: str, context: ssl.SSLContext | None = None) -> str:
    to = list(recipients) or ["a@example.com"]
    return smtp.send(server, email_of(FACT, "seed@example.com", to, "u1"), to, HERE, context)


def server_of(mailbox: Mailbox, security: str = "none", username: str = "", password: str = "") -> Server:
    return Server("127.0.0.1", mailbox.port, security, username, "seed@example.com", password)


def test_a_wrong_password_is_a_refusal(mailbox: Mailbox) -> None:
    with pytest.raises(NotWanted, match="535"):
        mail(server_of(mailbox, username="seed", password="wrong"))
    assert "wrong" not in repr(server_of(mailbox, password="wrong"))


@pytest.mark.parametrize(("answer", "kind"), [("550 no such user", NotWanted), ("450 try later", NotTold)])
def test_a_refused_recipient(mailbox: Mailbox, answer: str, kind: type[Exception]) -> None:
    mailbox.refused = {"a@example.com": answer}
    with pytest.raises(kind, match=answer):
        mail(server_of(mailbox))


def test_one_refused_of_two_is_said(mailbox: Mailbox) -> None:
    mailbox.refused = {"a@example.com": "550 no such user"}
    assert mail(server_of(mailbox), "a@example.com", "b@example.com") == (
        "Accepted, but for a@example.com: 550 no such user"
    )
    assert mailbox.envelopes[0][1] == ["b@example.com"]


def test_a_server_that_is_away_passes() -> None:
    with pytest.raises(NotTold):
        mail(Server("127.0.0.1", 1, "none", "", "seed@example.com"))


def test_a_server_without_starttls_is_not_spoken_to_in_the_clear(mailbox: Mailbox) -> None:
    with pytest.raises(NotWanted):
        mail(server_of(mailbox, "starttls", "seed", "right password"))
    assert (mailbox.messages, mailbox.signed_in) == ([], [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """For 127.0.0.1, and a server's context with it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(begin).not_valid_after(begin + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


@contextmanager
def encrypted(security: str, context: ssl.SSLContext) -> Iterator[Mailbox]:
    how = {"tls_context": context, "require_starttls": True} if security == "starttls" else {"ssl_context": context}
    with mailing(**how) as made:
        yield made


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted(certificate: tuple[Path, ssl.SSLContext], security: str) -> None:
    trusted, context = certificate
    with encrypted(security, context) as mailbox:
        server = server_of(mailbox, security, "seed", "right password")
        assert mail(server, context=ssl.create_default_context(cafile=trusted)) == "Accepted"
        assert len(mailbox.messages) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_gets_no_password(
    certificate: tuple[Path, ssl.SSLContext], security: str
) -> None:
    with encrypted(security, certificate[1]) as mailbox:
        with pytest.raises(NotTold, match="trusted"):
            mail(server_of(mailbox, security, "seed", "right password"))
        assert (mailbox.messages, mailbox.signed_in) == ([], [])
