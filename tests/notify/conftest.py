"""A shop of rows that tells a receiver and a mail server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.notify.listening import Mailbox, Receiver, mailing, receiving
from tests.notify.telling import Heard, Telling
from tests.support.seeded import Seeded


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mailing() as made:
        yield made


@pytest.fixture
def telling(shop: Seeded) -> Telling:
    return Telling(shop)


@pytest.fixture
def heard() -> Heard:
    return Heard()
