from . import (
    touch_marker_question,
    touch_marker_option,
    touch_judgement,
    crm_lead_potential,
    touch_strategy,
)
