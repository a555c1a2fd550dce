from . import (
    mail_activity,
    touch_acts,
    touch_log,
    touch_outcome_effects,
    touch_questions,
    touch_seen,
)
