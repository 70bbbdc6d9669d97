"""Every room's records, imported together so that the metadata is whole."""

from seed.apps import records as apps
from seed.audit import records as audit
from seed.automatic import records as automatic
from seed.builds import records as builds
from seed.connections import records as connections
from seed.notify import records as notify
from seed.people import records as people
from seed.promotions import records as promotions
from seed.removals import records as removals
from seed.variables import records as variables

__all__ = [
    "apps",
    "audit",
    "automatic",
    "builds",
    "connections",
    "notify",
    "people",
    "promotions",
    "removals",
    "variables",
]
