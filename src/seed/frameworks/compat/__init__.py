"""What a service of the world out there needs before it builds: which framework line fits it, what stops it, and the
smallest edit as a diff. Pure, on what was read; nothing is ever edited.
"""

from seed.frameworks.compat.model import Manifest, Problem, Report, Sources
from seed.frameworks.compat.read import read_sources
from seed.frameworks.compat.report import report

__all__ = ["Manifest", "Problem", "Report", "Sources", "read_sources", "report"]
