from . import (
    base_partner_merge,
    touch_bulk_mixin,
    touch_act,
    touch_ask_expert,
    touch_base,
    touch_booking_act,
    touch_enroll,
    touch_finish,
    touch_judge,
    touch_log,
    touch_settings,
    touch_skip,
)
