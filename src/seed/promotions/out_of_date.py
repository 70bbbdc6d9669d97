"""Whether what was planned is still made with the variables as they are now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from seed.promotions.records import Promotion
from seed.variables.effective import marks_of, moved, said


def out_of_date(session: Session, promotion: Promotion) -> str:
    """Why its packages would be made anew; "" while they would not. A rollback runs with what ran then."""
    if promotion.kind == "rollback":
        return ""
    names: set[str] = set()
    for plan in promotion.plans:
        for made in plan.source.downstream:
            if made.stage_id == promotion.target_stage_id and made.digest == plan.package_digest:
                names.update(moved(made.variables, marks_of(session, promotion.target_stage, plan.service)))
    told = said(sorted(names)) if names else ""
    return f"{told[:1].upper()}{told[1:]} after this was planned." if told else ""
