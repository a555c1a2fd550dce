from . import (
    touch_skill,
    touch_expert,
    touch_expert_window,
    touch_expert_booking,
    calendar_attendee,
    calendar_event,
    crm_lead_expert,
    resource_calendar_leaves,
    touch_expert_acts,
    touch_expert_places,
)
