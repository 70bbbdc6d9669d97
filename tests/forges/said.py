"""One of each that a forge can be told."""

from __future__ import annotations

from seed.forges.messages import Comment, Deployment, Status

SHA = "a" * 40
LOCAL = frozenset({"127.0.0.1"})
STATUS = Status(SHA, "seed/dev", "running", "Build 3 deploys to dev", "https://seed.example.com/b/3")
DEPLOYMENT = Deployment("shop/3", SHA, "dev", False, False, "running", "Build 3", "https://seed.example.com/b/3")
COMMENT = Comment(7, "[//]: # (seed-1234)", "[//]: # (seed-1234)\n\nHello")
