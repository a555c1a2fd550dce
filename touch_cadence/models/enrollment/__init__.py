from . import (
    touch_enrollment,
    res_partner_bought,
    touch_cadence_enroll,
    touch_cadence_rule,
    touch_reason_beyond,
    touch_enrollment_acts,
    touch_enrollment_hand_over,
    touch_enrollment_merge,
    touch_enrollment_places,
    touch_enrollment_stop,
    touch_enrollment_explain,
    touch_client_explain,
)
