from . import (
    crm_lead_forgotten,
    touch_enrollment_unanswered,
    touch_team,
)
