from . import (
    touch_planner,
    touch_by_hand,
    touch_review,
    touch_overnight,
    touch_repair,
)
