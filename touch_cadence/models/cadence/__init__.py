from . import (
    touch_filter_mixin,
    touch_cadence,
    touch_next_step,
    touch_obstacle,
    touch_cadence_step,
    touch_reason,
    touch_outcome,
    mail_activity_type,
    touch_channel,
    touch_cadence_timeline,
    touch_cadence_start,
    touch_reason_holidays,
)
