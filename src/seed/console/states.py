"""How states look and read: each has a word for people and a tone. Never colour alone."""

from __future__ import annotations

WORDS = {
    "planning": "Planning",
    "review": "Waiting for review",
    "confirmed": "Confirmed",
    "waiting": "Waiting",
    "paused": "Waits for a second review",
    "making": "Packaging",
    "ready": "Ready",
}
TONES = {
    "good": {"succeeded", "promoted", "ready", "removed", "gone", "sent"},
    "bad": {"failed"},
    "busy": {
        "running",
        "checking",
        "packaging",
        "deploying",
        "planning",
        "confirmed",
        "making",
        "removing",
        "deleting",
    },
    "ask": {"review", "paused"},
    "wait": {"queued", "waiting"},
}
BY_STATE = {state: tone for tone, states in TONES.items() for state in states}


def say(state: str) -> str:
    return WORDS.get(state) or state[:1].upper() + state[1:]


def tone(state: str) -> str:
    """Good | bad | busy | ask | wait | quiet."""
    return BY_STATE.get(state, "quiet")
