"""The report of one service: its line, what stops it, and one diff for all that an edit can mend."""

from __future__ import annotations

from seed.frameworks.compat import rules
from seed.frameworks.compat.edits import diff_of
from seed.frameworks.compat.line import check_line, line_of
from seed.frameworks.compat.model import Report, Sources


def report(sources: Sources) -> Report:
    line = line_of(sources)
    found = (
        check_line(sources),
        rules.provider(sources),
        rules.properties(sources, line),
        rules.plugins(sources),
        rules.runtimes(sources),
        rules.environment(sources),
    )
    texts = {sources.file: sources.text, **{one.file: one.text for one in sources.manifests}}
    return Report(
        sources.service,
        line.label,
        line.because,
        tuple(problem for one in found for problem in one.problems),
        diff_of(texts, (edit for one in found for edit in one.edits)),
    )
