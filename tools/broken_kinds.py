"""Kinds of broken data, as SQL: what people, imports and other addons leave in a database, on one deal or beside it.

``%(lead)s``, ``%(partner)s`` and ``%(user)s`` are the deal, its contact and its salesperson.
"""

KINDS = {
    "the client's time zone is unreadable": "UPDATE res_partner SET tz = 'Mars/Olympus' WHERE id = %(partner)s",
    "the client's time zone is an old name": "UPDATE res_partner SET tz = 'US/Eastern' WHERE id = %(partner)s",
    "the rep's time zone is unreadable": "UPDATE res_partner SET tz = 'Nowhere' WHERE id = (SELECT partner_id FROM res_users WHERE id = %(user)s)",
    "a reason's filter names a field that is gone": """INSERT INTO touch_reason (name, kind, domain, active, audience, buyers, recurrence, cold, warm, hot) VALUES ('{"en_US": "Broken"}', 'news', '[(''gone_field'', ''='', 1)]', TRUE, 'everyone', 'any', 'once', TRUE, TRUE, TRUE)""",
    "a reason's filter is no filter": """INSERT INTO touch_reason (name, kind, domain, active, audience, buyers, recurrence, cold, warm, hot) VALUES ('{"en_US": "Broken"}', 'news', '[[[', TRUE, 'everyone', 'any', 'once', TRUE, TRUE, TRUE)""",
    "a reason's text fills in what is unknown": """UPDATE touch_reason SET text = '{"en_US": "{{ nonsense }} {{ first_name"}' WHERE id = (SELECT min(id) FROM touch_reason)""",
    "a deal without anything": "UPDATE crm_lead SET email_from = NULL, phone = NULL, email_normalized = NULL, phone_sanitized = NULL, street = NULL, team_id = NULL, user_id = NULL, partner_id = NULL WHERE id = %(lead)s",
    "a number that is none": "UPDATE crm_lead SET phone = 'ask Anna', phone_sanitized = NULL WHERE id = %(lead)s",
    "an address that is none": "UPDATE crm_lead SET email_from = 'nobody at nowhere', email_normalized = NULL WHERE id = %(lead)s",
    "born in the year 1": "UPDATE res_partner SET birthdate_date = '0001-01-01' WHERE id = %(partner)s",
    "born tomorrow": "UPDATE res_partner SET birthdate_date = now() + interval '1 day' WHERE id = %(partner)s",
    "born on 29 February": "UPDATE res_partner SET birthdate_date = '1980-02-29' WHERE id = %(partner)s",
    "a contact that is its own parent": "UPDATE res_partner SET parent_id = %(partner)s WHERE id = %(partner)s",
    "a contact whose company is another contact's child": "UPDATE res_partner SET commercial_partner_id = (SELECT max(id) FROM res_partner) WHERE id = %(partner)s",
    "the whys are no list": "UPDATE touch_enrollment SET why_data = '5' WHERE lead_id = %(lead)s",
    "the whys name no sentence": """UPDATE touch_enrollment SET why_data = '[["no_such_code", {"a": 1}]]' WHERE lead_id = %(lead)s""",
    "the whys lack their values": """UPDATE touch_touch SET why_data = '[["nth", {}]]' WHERE lead_id = %(lead)s AND state = 'planned'""",
    "the pauses are no pauses": """UPDATE touch_enrollment SET pauses = '"never"', next_date = '2026-01-01' WHERE lead_id = %(lead)s""",
    "a pause that ends before it begins": """UPDATE touch_enrollment SET pauses = '[["2026-05-01", "2026-04-01"]]', next_date = '2026-01-01' WHERE lead_id = %(lead)s""",
    "the activity was deleted": "DELETE FROM mail_activity WHERE id IN (SELECT activity_id FROM touch_touch WHERE lead_id = %(lead)s AND state = 'planned')",
    "the activity was archived behind our back": "UPDATE mail_activity SET active = FALSE WHERE id IN (SELECT activity_id FROM touch_touch WHERE lead_id = %(lead)s AND state = 'planned')",
    "the activity belongs to nobody": "UPDATE mail_activity SET user_id = NULL WHERE id IN (SELECT activity_id FROM touch_touch WHERE lead_id = %(lead)s AND state = 'planned'); UPDATE touch_touch SET user_id = NULL WHERE lead_id = %(lead)s AND state = 'planned'",
    "the touch has neither step nor reason": "UPDATE touch_touch SET step_id = NULL, reason_id = NULL WHERE lead_id = %(lead)s AND state = 'planned'",
    "the touch is planned for the year 1": "UPDATE touch_touch SET date_deadline = '0001-01-01', date_planned = NULL WHERE lead_id = %(lead)s AND state = 'planned'",
    "the run began in 2999": "UPDATE touch_enrollment SET date_start = '2999-01-01', next_date = '2026-01-01' WHERE lead_id = %(lead)s",
    "the rep was archived": "UPDATE res_users SET active = FALSE WHERE id = %(user)s",
    "the stage is gone": "UPDATE crm_lead SET stage_id = NULL WHERE id = %(lead)s",
    "the temperature is none": "UPDATE crm_lead SET temperature = 'boiling' WHERE id = %(lead)s",
    "the potential is none": "UPDATE crm_lead SET potential = 'endless' WHERE id = %(lead)s",
    "a channel's activity type was archived": "UPDATE mail_activity_type SET active = FALSE WHERE id = (SELECT min(id) FROM mail_activity_type WHERE touch_channel = 'email')",
    "a cadence lost its steps": "DELETE FROM touch_cadence_step WHERE cadence_id = (SELECT cadence_id FROM touch_enrollment WHERE lead_id = %(lead)s LIMIT 1)",
    "a step of odd values": "UPDATE touch_cadence_step SET delay = 100000, times = 0, channel = NULL WHERE id = (SELECT max(id) FROM touch_cadence_step)",
    "a calendar without hours": "DELETE FROM resource_calendar_attendance WHERE calendar_id = (SELECT resource_calendar_id FROM res_company ORDER BY id LIMIT 1)",
    "the deal was deleted behind our back": "DELETE FROM crm_lead WHERE id = %(lead)s",
    "a name of 100,000 characters": "UPDATE res_partner SET name = repeat('x', 100000) WHERE id = %(partner)s",
    "the activity's day is in the year 9999": "UPDATE mail_activity SET date_deadline = '9999-12-31' WHERE id IN (SELECT activity_id FROM touch_touch WHERE lead_id = %(lead)s AND state = 'planned')",
    "every outcome was archived": "UPDATE touch_outcome SET active = FALSE",
    "the least gap is eight thousand years": "UPDATE res_company SET touch_min_gap = 3000000",
    "a company without a calendar": "UPDATE res_company SET resource_calendar_id = NULL",
}

# what the broken row itself breaks: its own client is nobody else's harm
PLANTED = {
    ("a contact whose company is another contact's child", "a planned touch is of its run's client"),
}
