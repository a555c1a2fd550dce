from . import (
    touch_planner,
    touch_review,
    touch_overnight,
    touch_repair,
)
