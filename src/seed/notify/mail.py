"""The e-mail that tells of an event. Pure: plain text, and headers that nothing from outside can add to."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from seed.notify.facts import Fact

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def email_of(fact: Fact, sender: str, recipients: list[str], uid: str) -> EmailMessage:
    """Sent twice after a crash, it has the same Message-ID."""
    message = EmailMessage()
    message["From"] = f"Seed <{sender}>"
    message["To"] = ", ".join(recipients)
    message["Subject"] = _line(f"[{fact.app}/{fact.stage}] {fact.title}")
    message["Date"] = format_datetime(datetime.fromisoformat(fact.at))
    message["Message-ID"] = f"<{uid}@{sender.rpartition('@')[2]}>"
    # Answering machines shall not answer.
    message["Auto-Submitted"] = "auto-generated"
    parts = [f"{_line(fact.title)}.", _line(fact.summary), fact.link, _line(fact.origin)]
    message.set_content("\n\n".join(part for part in parts if part) + "\n\n-- \nSeed, app " + _line(fact.app) + "\n")
    return message


def _line(text: str) -> str:
    return CONTROL.sub(" ", text).strip()
