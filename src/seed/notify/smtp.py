"""Hand an e-mail to the mail server: encrypted unless it stands in a private network that the operator allows."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from seed.errors import SeedError
from seed.notify.errors import NotTold, NotWanted
from seed.outside import Deadline, public_address, unanswered

TIMEOUT, WHOLE = 10.0, 40.0
FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    security: str
    username: str
    sender: str
    password: str = field(default="", repr=False)


def send(
    server: Server, message: EmailMessage, recipients: list[str], private_hosts: frozenset[str],
    context: ssl.SSLContext | None = None,
) -> str:  # fmt: skip
    """What was answered. Raises as `post` does."""
    trusted = context or ssl.create_default_context()
    with Deadline(WHOLE) as deadline:
        try:
            with _connected(server, private_hosts, trusted, deadline) as smtp:
                deadline.watch(smtp.sock)
                if server.security == "starttls":
                    smtp.starttls(context=trusted)
                    deadline.watch(smtp.sock)
                if server.username:
                    smtp.login(server.username, server.password)
                refused = smtp.send_message(message, server.sender, recipients)
        except SeedError:
            raise
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(_said(error.recipients), [code for code, _ in error.recipients.values()]) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(_clean(error.smtp_code, error.smtp_error), [error.smtp_code]) from None
        except smtplib.SMTPNotSupportedError:
            raise NotWanted(
                f"{server.host} does not offer what is asked of it.",
                hint="Does it speak STARTTLS on this port, and take a sign-in?",
            ) from None
        except ssl.SSLError as error:
            raise NotTold(f"No trusted connection to {server.host}: {error.reason or 'TLS failed'}.") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotTold(f"{server.host} does not answer{unanswered(error, deadline)}.") from None
    return f"Accepted, but for {_said(refused)}" if refused else "Accepted"


def _connected(
    server: Server, private_hosts: frozenset[str], context: ssl.SSLContext, deadline: Deadline
) -> smtplib.SMTP:
    """To the address that was checked; TLS is verified for the name."""

    def connect(port: int, timeout: float) -> socket.socket:
        name = server.host
        address = name if name in private_hosts else public_address(name, port, "host")
        made = socket.create_connection((address, port), timeout)
        deadline.watch(made)
        return made

    class Plain(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002, the base's
            return connect(port, timeout)

    class Wrapped(smtplib.SMTP_SSL):
        def _get_socket(self, host: str, port: int, timeout: float) -> Any:
            return context.wrap_socket(connect(port, timeout), server_hostname=host)

    if server.security == "tls":
        return Wrapped(server.host, server.port, timeout=TIMEOUT, context=context)
    return Plain(server.host, server.port, timeout=TIMEOUT)


def _refusal(said: str, codes: list[int]) -> SeedError:
    if codes and all(code >= FOR_GOOD for code in codes):
        return NotWanted(said)
    return NotTold(said)


def _said(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{who}: {_clean(code, said)}" for who, (code, said) in list(refused.items())[:3])


def _clean(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} " + " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())
