"""Until when Lambda supports each runtime.

The end of support as the Lambda developer guide publishes it, taken from cfn-lint 1.51.0 (MIT-0), which keeps that
table as data. AWS has put such days off before: they are told with their date, and none of them is called a failure.
"""

from __future__ import annotations

from datetime import date

PUBLISHED = date(2026, 5, 12)
"""When the table was read: the day to judge by where nobody tells today's."""
ENDS = {
    name: date.fromisoformat(day)
    for name, day in {
        "dotnet6": "2024-12-20",
        "dotnet7": "2024-05-14",
        "dotnet8": "2026-11-10",
        "dotnetcore1.0": "2019-06-27",
        "dotnetcore2.0": "2019-05-30",
        "dotnetcore2.1": "2022-01-05",
        "dotnetcore3.1": "2023-04-03",
        "go1.x": "2024-01-08",
        "java8": "2024-01-08",
        "java8.al2": "2026-06-30",
        "java11": "2026-06-30",
        "java17": "2026-06-30",
        "java21": "2029-06-30",
        "java25": "2029-06-30",
        "nodejs": "2016-08-30",
        "nodejs4.3": "2020-03-05",
        "nodejs4.3-edge": "2020-03-05",
        "nodejs6.10": "2019-08-12",
        "nodejs8.10": "2020-03-06",
        "nodejs10.x": "2021-07-30",
        "nodejs12.x": "2023-03-31",
        "nodejs14.x": "2023-12-04",
        "nodejs16.x": "2024-06-12",
        "nodejs18.x": "2025-09-01",
        "nodejs20.x": "2026-04-30",
        "nodejs22.x": "2027-04-30",
        "nodejs24.x": "2028-04-30",
        "provided": "2024-01-08",
        "provided.al2": "2026-06-30",
        "provided.al2023": "2029-06-30",
        "python2.7": "2021-07-15",
        "python3.6": "2022-07-18",
        "python3.7": "2023-12-04",
        "python3.8": "2024-10-14",
        "python3.9": "2025-12-15",
        "python3.10": "2026-06-30",
        "python3.11": "2026-06-30",
        "python3.12": "2028-10-31",
        "python3.13": "2029-06-30",
        "python3.14": "2029-06-30",
        "ruby2.5": "2021-07-30",
        "ruby2.7": "2023-12-07",
        "ruby3.2": "2026-03-31",
        "ruby3.3": "2027-03-31",
        "ruby3.4": "2028-03-31",
    }.items()
}
ENDED = {name: f"{day:%B %Y}" for name, day in ENDS.items() if day <= PUBLISHED}
"""Those whose end had come when the table was read, with its month."""


def in_words(day: date) -> str:
    """`30 April 2026`."""
    return f"{day.day} {day:%B %Y}"
