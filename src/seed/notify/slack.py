"""What is posted to a Slack incoming webhook. Pure: every word from outside is escaped."""

from __future__ import annotations

from typing import Any

from seed.notify.facts import Fact

SIGNS = {
    "started": "▶️", "succeeded": "✅", "failed": "❌", "cancelled": "⏹️", "review": "👀", "promoted": "🚀", "test": "👋",
}  # fmt: skip
READ = {"review": "Read the review", "promoted": "See the promotion"}


def slack_body(fact: Fact, channel: str = "") -> dict[str, Any]:
    """`text` is what stands in a notification of the phone; the blocks are the message."""
    title = escaped(f"{fact.app}: {fact.title}")
    told = f"{SIGNS[fact.event]} *{_bold(title)}*"
    if fact.summary:
        told += f"\n{escaped(fact.summary)}"
    told += f"\n<{_link(fact.link)}|{READ.get(fact.event, 'Open in Seed')}>"
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": told}}]
    if fact.origin:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(fact.origin)}]})
    text = f"{title}: {escaped(fact.summary)}" if fact.summary else title
    body: dict[str, Any] = {"text": text, "blocks": blocks, "unfurl_links": False}
    return {**body, "channel": channel} if channel else body


def escaped(text: str) -> str:
    """Slack's own three: then nothing is a mention, a channel or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _bold(text: str) -> str:
    return text.replace("*", "∗")


def _link(url: str) -> str:
    return url.replace("|", "%7C").replace(">", "%3E")
