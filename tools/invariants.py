"""What must hold in a database of Touch Cadence at any moment, as SQL: each statement finds the rows that break one invariant.

AT_ANY_TIME holds after every crash, between any two transactions; AT_REST holds once the planner ran to its end behind it.
"""

AT_ANY_TIME = {
    "one planned touch a client": """
        SELECT company_id, client_key FROM touch_touch WHERE state = 'planned' GROUP BY 1, 2 HAVING count(*) > 1""",
    "one run a client holds the place": """
        SELECT company_id, client_key FROM touch_enrollment WHERE state IN ('running', 'paused', 'blocked')
        GROUP BY 1, 2 HAVING count(*) > 1""",
    "no run number twice": """
        SELECT company_id, client_key, cadence_id, run FROM touch_enrollment GROUP BY 1, 2, 3, 4 HAVING count(*) > 1""",
    "a planned touch belongs to a run that runs": """
        SELECT touch.id FROM touch_touch touch JOIN touch_enrollment enrollment ON enrollment.id = touch.enrollment_id
        WHERE touch.state = 'planned' AND enrollment.state NOT IN ('running', 'blocked')""",
    "a planned touch is of its run's client": """
        SELECT touch.id FROM touch_touch touch JOIN touch_enrollment enrollment ON enrollment.id = touch.enrollment_id
        WHERE touch.state = 'planned' AND (touch.client_key, touch.company_id) IS DISTINCT FROM (enrollment.client_key, enrollment.company_id)""",
    "no activity of a touch that is over, and none of two touches": """
        SELECT activity_id FROM touch_touch WHERE activity_id IS NOT NULL AND state = 'planned' GROUP BY 1 HAVING count(*) > 1""",
    "no activity of ours without its touch": """
        SELECT activity.id FROM mail_activity activity
        WHERE activity.automated AND activity.active AND activity.res_model IN ('crm.lead', 'res.partner')
          AND EXISTS (SELECT FROM touch_enrollment WHERE (activity.res_model = 'crm.lead' AND lead_id = activity.res_id)
                      OR (activity.res_model = 'res.partner' AND partner_id = activity.res_id))
          AND NOT EXISTS (SELECT FROM touch_touch WHERE activity_id = activity.id)""",
    "a step that is made once is not made twice in a run": """
        SELECT touch.enrollment_id, touch.step_id FROM touch_touch touch JOIN touch_cadence_step step ON step.id = touch.step_id
        WHERE step.times = 1 AND touch.withdrawn IS NOT TRUE AND touch.enrollment_id IS NOT NULL
          AND (touch.state != 'done' OR touch.counts) AND touch.temperature IS DISTINCT FROM 'hot'  -- for who is hot the last one repeats
        GROUP BY 1, 2 HAVING count(*) > 1""",
    "a reason that is used up is not used again": """
        SELECT touch.client_key, touch.reason_id FROM touch_touch touch JOIN touch_reason reason ON reason.id = touch.reason_id
        WHERE touch.state = 'done' AND touch.counts AND touch.step_id IS NOT NULL AND reason.recurrence = 'once'
        GROUP BY touch.company_id, 1, 2 HAVING count(*) > 1""",
    "the touches of a run are counted": """
        SELECT enrollment.id FROM touch_enrollment enrollment
        WHERE touch_count != (SELECT count(*) FROM touch_touch WHERE enrollment_id = enrollment.id AND state = 'done' AND counts
                               AND purpose NOT IN ('confirming', 'asking'))""",
    "what is over has its day, what is not has none": """
        SELECT id FROM touch_enrollment
        WHERE (state IN ('won', 'refused', 'exhausted') AND date_end IS NULL) OR (state IN ('running', 'paused', 'waiting') AND date_end IS NOT NULL)""",
    "an expert is at one place at a time": """
        SELECT one.id FROM touch_expert_booking one JOIN touch_expert_booking two ON one.expert_id = two.expert_id AND one.id < two.id
        WHERE one.state IN ('booked', 'done') AND two.state IN ('booked', 'done') AND one.start < two.stop AND two.start < one.stop""",
    "an expert is never over the hours of a week": """
        SELECT expert.id FROM touch_expert_booking booking JOIN touch_expert expert ON expert.id = booking.expert_id
        WHERE booking.state = 'booked' GROUP BY expert.id, expert.hours_week, date_trunc('week', booking.start)
        HAVING sum(booking.hours) > expert.hours_week + 0.001""",
    "a booking has its meeting at its time": """
        SELECT booking.id FROM touch_expert_booking booking LEFT JOIN calendar_event event ON event.id = booking.event_id
        WHERE booking.state = 'booked' AND (event.id IS NULL OR event.start != booking.start OR event.stop != booking.stop)""",
    "a meeting is agreed, not planned: only one for which an expert was booked": """
        SELECT touch.id FROM touch_touch touch WHERE touch.state = 'planned' AND touch.channel = 'meeting'
        AND NOT EXISTS (SELECT FROM touch_expert_booking booking WHERE booking.lead_id = touch.lead_id AND booking.state = 'booked')""",
    "one open request for an expert a deal": """
        SELECT lead_id FROM touch_expert_booking WHERE state IN ('waiting', 'booked') GROUP BY 1 HAVING count(*) > 1""",
    "background work knows how far it is": """
        SELECT id FROM touch_job WHERE position < 0 OR position > total OR (state = 'done' AND position < total)""",
}

AT_REST = {
    "a planned touch has its activity": """
        SELECT touch.id FROM touch_touch touch LEFT JOIN mail_activity activity ON activity.id = touch.activity_id
        WHERE touch.state = 'planned' AND (activity.id IS NULL OR activity.active IS NOT TRUE)""",
    "a planned touch is somebody's": "SELECT id FROM touch_touch WHERE state = 'planned' AND user_id IS NULL AND enrollment_id IS NOT NULL",
    "nobody who runs is forgotten: a planned touch, a next look, or a sentence": """
        SELECT id FROM touch_enrollment enrollment WHERE state = 'running' AND next_date IS NULL AND why_data IS NULL
        AND NOT EXISTS (SELECT FROM touch_touch WHERE enrollment_id = enrollment.id AND state = 'planned')""",
    "nobody is due any more": "SELECT id FROM touch_enrollment WHERE state IN ('running', 'resting') AND next_date <= now() AT TIME ZONE 'UTC'",
    "nobody is marked any more": "SELECT id FROM touch_enrollment WHERE review_since IS NOT NULL",
    "nobody waits for a place that is free": """
        SELECT id FROM touch_enrollment waiting WHERE state = 'waiting' AND NOT EXISTS (
            SELECT FROM touch_enrollment held WHERE held.company_id = waiting.company_id AND held.client_key = waiting.client_key
            AND held.state IN ('running', 'paused', 'blocked', 'resting'))""",
    "who is blocked has a sentence": "SELECT id FROM touch_enrollment WHERE state = 'blocked' AND why_data IS NULL",
}


def broken(cr, at_rest=True):
    """:param cr: a cursor
    :return: {invariant: the first rows that break it}; empty where all hold"""
    found = {}
    for name, statement in {**AT_ANY_TIME, **(AT_REST if at_rest else {})}.items():
        cr.execute(f"{statement} LIMIT 5")
        if rows := cr.fetchall():
            found[name] = rows
    return found
