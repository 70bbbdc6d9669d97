"""Renew all that the review knows from public sources, and its page.

python -m scripts.rules
"""

from __future__ import annotations

from scripts.rules import generate, regions, review_page, runtimes
from scripts.rules.cfn_lint import CfnLint


def main() -> None:
    source = CfnLint()
    for part in (generate, regions, runtimes):
        part.write(source)
    review_page.PAGE.write_text(review_page.page())


if __name__ == "__main__":
    main()
