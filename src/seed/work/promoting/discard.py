"""Throw away the change sets of a promotion that nobody will carry out, and stacks made only to hold them."""

from __future__ import annotations

from seed.promotions.load import load_promotion
from seed.work.stacks.discard_change_set import discard_change_set
from seed.work.world import World


def change_set_name(promotion_id: int, plan_id: int) -> str:
    return f"seed-promotion-{promotion_id}-{plan_id}"


def discard(world: World, promotion_id: int) -> None:
    """Gone already is as good. The names are known even where the plan was cut short. What was executed stays."""
    with world.database.read() as session:
        promotion = load_promotion(session, promotion_id)
    build = promotion.target_build
    executed = {one.service_id for one in build.services if one.begun} if build else set()
    cloud = world.connect(promotion.target_stage.account)
    for row in promotion.plans:
        if row.stack_name and row.service_id not in executed:
            discard_change_set(cloud, row.stack_name, change_set_name(promotion.id, row.id))
