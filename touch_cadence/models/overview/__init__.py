from . import (
    crm_lead_forgotten,
    touch_enrollment_unanswered,
    res_company,
    touch_first_hour,
    touch_team,
)
