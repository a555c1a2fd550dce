"""Who may do what, written down: the tests of rights try every line on a real server, and docs/who-sees-what.md is made from it.

A model or field that stands nowhere here fails the tests. Think of who needs it before you write it down.
"""

# What each role may do with rows of its own, of a colleague, and of the other company: "own|colleague|other company", with the letters r(ead),
# w(rite), c(reate) and u(nlink). Whoever may read finds rows in searches, groups, names and exports, and nobody else does. Of what a company
# sets, "own" is that of the own company and "colleague" what all companies share. Roles that are not named may do nothing.
CONFIGURATION = {"rep": "r|r|", "rep_all": "r|r|", "manager": "rwcu|rwcu|"}
SHARED = {"rep": "r||", "rep_all": "r||", "manager": "rwcu||"}
# wizards say of what is closed to their user that nothing is selected
WIZARD = {"rep": "rwcu|c|c", "rep_all": "rwcu|c|c", "manager": "rwcu|c|c"}
# those of one deal, booking or cadence are opened where that may be read
OF_ONE = {"rep": "rwcu||", "rep_all": "rwcu|c|", "manager": "rwcu|c|"}
MODELS = {
    "touch.cadence": CONFIGURATION,
    "touch.cadence.step": CONFIGURATION,
    "touch.reason": CONFIGURATION,
    "touch.script": CONFIGURATION,
    "touch.marker.question": CONFIGURATION,
    "touch.marker.option": CONFIGURATION,
    "touch.cadence.rung": CONFIGURATION,
    "touch.next.step": {**SHARED, "employee": "r||", "expert": "r||"},
    "touch.obstacle": {**SHARED, "employee": "r||", "expert": "r||"},
    "touch.item": CONFIGURATION,
    "touch.outcome": {**SHARED, "employee": "r||", "expert": "r||"},
    "touch.skill": {**SHARED, "expert": "r||"},
    "touch.expert": {**CONFIGURATION, "expert": "r|r|"},
    "touch.expert.window": {**CONFIGURATION, "expert": "r|r|"},
    # "write" is the right to work them, and to write the fields below
    "touch.enrollment": {"rep": "r||", "rep_all": "r|r|", "manager": "ru|ru|"},
    "touch.touch": {"rep": "rw||", "rep_all": "rw|rw|", "manager": "rwu|rwu|"},
    "touch.judgement": {"rep": "r||", "rep_all": "r|r|", "manager": "r|r|"},
    "touch.expert.booking": {"expert": "r||", "rep": "r||", "rep_all": "r|r|", "manager": "r|r|"},
    "touch.expert.report": {"expert": "r||", "manager": "r|r|"},
    "touch.closed.address": {},
    "touch.consent": {"rep": "r||", "rep_all": "r|r|", "manager": "r|r|"},
    "touch.job": {"rep": "r||", "rep_all": "r||", "manager": "r|r|"},
    "touch.job.left.out": {"rep": "r||", "rep_all": "r||", "manager": "r|r|"},
    "touch.act": WIZARD,
    "touch.ask.expert": OF_ONE,
    "touch.enroll": {"rep": "rwcu|c|", "rep_all": "rwcu|c|", "manager": "rwcu|c|"},
    "touch.finish": WIZARD,
    "touch.judge": OF_ONE,
    "touch.log": WIZARD,
    "touch.plan": OF_ONE,
    "touch.skip": WIZARD,
    "touch.wish": OF_ONE,
    "touch.booking.act": {**OF_ONE, "expert": "rwcu||"},
    "touch.base": {"manager": "rwcu||"},
    "touch.settings": {"manager": "rwcu||"},
    "touch.leave": {"manager": "rwcu||c"},
    "touch.privacy": {"manager": "rwcu||c"},
    "touch.privacy.find": {"manager": "rwcu||c"},
    "touch.privacy.find.line": {"manager": "rwcu||c"},
    "touch.privacy.log": {"manager": "r|r|"},
}
ABSTRACT = {
    "touch.anonymous.mixin",
    "touch.background",
    "touch.bulk.mixin",
    "touch.channel",
    "touch.client.mixin",
    "touch.company.mixin",
    "touch.desk",
    "touch.filter.mixin",
    "touch.guarded.mixin",
    "touch.installation",
    "touch.named.mixin",
    "touch.client",
    "touch.business.mixin",
    "touch.facts",
    "touch.first.hour",
    "touch.mark",
    "touch.planner",
    "touch.presence",
    "touch.privacy.holding",
    "touch.reach",
    "touch.recording",
    "touch.team",
    "touch.unsubscribe",
    "touch.words",
}


def of_model(model, role):
    """:return: what the table says; people of the second company have the rights of the first one's"""
    return MODELS[model].get(role.removesuffix("_b"), "||")


# Our fields on Odoo's models: (who reads them, who writes them): names. Readers: everyone who reads the record; sales; staff (sales managers and
# administrators, and of users the person); writers: record (who may write the record), manager (of sales), nobody (what happened says it).
SETTINGS = """touch_abc_a touch_abc_b touch_cool_days touch_decay touch_experienced_months touch_experienced_won touch_expert_invite touch_expert_notice
    touch_expert_weeks touch_few_means touch_horizon touch_hour_from touch_hour_to touch_judge_days touch_keep_months touch_lapse_days
    touch_lapse_late touch_lapse_least touch_lapse_spreads touch_large_factor touch_lost_agree touch_loyal_from touch_min_gap touch_paper_age touch_paper_either touch_paper_size touch_per_day touch_per_deal
    touch_agreed_days touch_value_months touch_what_we_do touch_xyz_x touch_xyz_y"""
FIELDS = {
    "res.partner": {
        ("everyone", "record"): "employee_quantity",
        ("sales", "record"): "birthdate_date is_vip nps_score temperature touch_how_to_talk touch_away_until touch_opt_out touch_tz",
        ("sales", "manager"): "potential",
        ("sales", "nobody"): """abc_class age enrollment_ids is_loyal lapses_on last_purchase_date last_touch_date missed_months
            next_touch_date next_touch_why nps_date nps_group purchase_count purchase_interval purchase_value purchase_variation temperature_by_hand temperature_date touch_closed_email touch_count
            touch_currency_id touch_erased_date touch_ids touch_is_ours touch_refused touch_zone value_lost value_recommended value_repeat xyz_class""",
    },
    "crm.lead": {
        ("sales", "record"): "has_authority has_money has_need has_wish temperature touch_away_until touch_tz",
        ("sales", "manager"): "potential",
        ("sales", "nobody"): """booking_ids enrollment_ids expert_alone_reason expert_blocks expert_status expert_text judgement_ids
            last_touch_date lost_early lost_target lost_told lost_touches next_touch_date next_touch_why potential_date potential_due potential_why readiness
            temperature_by_hand temperature_date touch_closed_email touch_count
            touch_erased_date touch_forgotten touch_ids touch_is_large touch_level touch_refused touch_strategy touch_zone""",
    },
    "res.users": {
        ("everyone", "record"): "touch_advance",
        ("staff", "record"): "touch_level touch_per_day touch_strength touch_substitute_id",
    },
    "crm.team.member": {
        ("staff", "record"): "touch_level touch_per_day touch_strength touch_substitute_id",
        ("staff", "nobody"): "touch_level_proposed",
    },
    "crm.team": {
        ("everyone", "record"): "touch_gate_stage_id touch_judge_rule",
        ("sales", "nobody"): "touch_average_won",
    },
    "res.company": {("everyone", "record"): f"{SETTINGS} touch_business touch_first_hour_over touch_hours_checked touch_mail_checked"},
    "res.config.settings": {("everyone", "record"): SETTINGS},
    "mail.activity": {
        ("everyone", "record"): "touch_outcome_id",
        ("everyone", "nobody"): "touch_asks touch_channel touch_id touch_ids touch_is_plain touch_purpose",
    },
    "mail.activity.type": {("everyone", "record"): "touch_channel touch_retry touch_retry_unit"},
    "crm.lead.lost": {("everyone", "nobody"): "touch_asks_reason touch_lost_text"},
    "calendar.event": {("everyone", "record"): "touch_is_step", ("everyone", "nobody"): "touch_booked"},
    "base.module.uninstall": {("everyone", "nobody"): "touch_leaving"},  # Odoo opens that dialog to administrators only
}
# Who may write those whose writer is "record": the roles that may write such a record of their own.
PEOPLE = ("employee", "expert", "rep", "rep_all", "manager", "rep_b", "admin")
SALESPEOPLE = ("rep", "rep_all", "manager", "rep_b", "admin")
MANAGERS = ("manager", "admin")
RECORD_WRITERS = {
    "res.partner": SALESPEOPLE,
    "crm.lead": SALESPEOPLE,
    "res.users": ("admin",),
    "crm.team.member": MANAGERS,
    "crm.team": MANAGERS,
    "res.company": ("admin",),
    "res.config.settings": ("admin",),
    "mail.activity": PEOPLE,
    "mail.activity.type": MANAGERS,
    "crm.lead.lost": (),
    "calendar.event": PEOPLE,
    "base.module.uninstall": (),
}
# and those of one's own user that everybody sets himself
OWN_USER = "touch_advance touch_substitute_id"

# Who writes which field of our models by hand, over a form or RPC: sales (salespeople, of rows of their own), manager (of sales), opened (whoever
# opened such a wizard), nobody (methods write it, and ask whose it is; or the server keeps it).
WRITTEN = {
    "touch.cadence": {
        "manager": """active auto_enroll closing_by_expert company_id description domain exhausted_cadence_id hand_over_after hand_over_hot hot_cadence_id lapsed_cadence_id
            model name potential refused_cadence_id reply_days resource_calendar_id rest_days rhythm sequence rung_ids step_ids stop_after target until_lapsed
            user_id window_days won_cadence_id""",
        "nobody": "business domain_user_id enrollment_ids problem_data problem_date rule_cursor version_ids version_of_id version_until",
    },
    "touch.cadence.rung": {"manager": "cadence_id next_step_ids sequence"},
    "touch.next.step": {"manager": "active kind name sequence"},
    "touch.closed.address": {"nobody": "email words"},
    "touch.consent": {"nobody": "basis channel date lead_id note partner_id source state user_id"},
    "touch.obstacle": {"manager": "active days kind name sequence"},
    "touch.item": {"manager": "active company_id name"},
    "touch.cadence.step": {
        "manager": "attachment_ids by_expert cadence_id channel delay delay_few name purpose reason_id script_id sequence times"
    },
    "touch.reason": {
        "manager": """active attachment_ids audience beyond_cadences buyers channel_ids cold company_id domain for_missing holiday hot item_ids kind moment name next_step_id
            obstacle_ids purpose recurrence script_ids sequence text
            valid_from valid_to warm""",
        "nobody": "announced_date beyond_cursor business domain_user_id problem_data problem_date",
    },
    "touch.script": {"manager": "active again channel company_id name only_steps purpose reason_id sequence subject text"},
    "touch.marker.question": {"manager": "active company_id name option_ids sequence team_ids weight", "nobody": "business"},
    "touch.marker.option": {"manager": "name potential question_id sequence"},
    "touch.outcome": {
        "manager": "active asks channel_ids counts ends in_sight_channel_ids name reached sequence step_effect temperature_effect"
    },
    "touch.skill": {"manager": "name"},
    "touch.expert": {
        "manager": "active company_id hours_week sequence skill_ids slot_hours user_id window_ids won_share",
        "nobody": "booking_ids resource_calendar_id turn",
    },
    "touch.expert.window": {"manager": "dayofweek expert_id hour_from hour_to"},
    "touch.enrollment": {
        "nobody": """blocked_count cadence_id client_key commercial_partner_id company_id date_end date_paused date_start held_back lead_id next_date
            not_before nothing_follows partner_id pauses reason_id review_since run state stop_note stop_reason touch_count touch_ids user_id why_data""",
    },
    "touch.touch": {
        "sales": "date_deadline note",  # a day moves the touch as snooze() does
        "nobody": """activity_id agreed_date agreed_event_id agreed_step_id agreed_touch_id back_date cadence_id channel client_key commercial_partner_id company_id counts date_done date_planned desk_key direction
            enrollment_id event_id expert_id handed_from_id item_id lead_id delivery failure message_id moves number obstacle_id outcome_id outdated own_reason partner_id purpose reached
            reason_id skip_reason state step_id temperature unsure user_id waits warmed why_data withdrawn""",
    },
    "touch.judgement": {"nobody": "company_id date lead_id option_ids override_reason potential user_id why_data"},
    "touch.expert.booking": {
        "nobody": """after_agreement agreed_date asked client_agreed company_id deal_key declined_expert_ids event_id expert_id expert_user_id hours lead_id moved_from note priority reached skill_id start state stop
            touches_erased user_id""",
    },
    "touch.expert.report": {
        "nobody": """company_id date deals deals_won expert_id expert_user_id hours lead_id meetings team_id touches user_id value_share
            value_won""",
    },
    "touch.job": {
        "nobody": """company_id date_end error left_out_count left_out_ids model name position res_ids state total user_id wizard wizard_context
            wizard_values""",
    },
    "touch.job.left.out": {"nobody": "failed job_id name res_id why"},
    "touch.act": {"opened": "act also_resting cadence_id model reason res_ids until user_id"},
    "touch.ask.expert": {"opened": "client lead_id place reason skill_id"},
    "touch.enroll": {"opened": "cadence_id date_start model once_an_address per_day res_ids spread user_id"},
    "touch.finish": {"opened": "back_date item_id model next_day next_step_id obstacle_id outcome_id res_ids"},
    "touch.judge": {"opened": "by_hand lead_id option_1_id option_2_id option_3_id option_4_id potential reason"},
    "touch.leave": {"opened": "date_from date_to substitute_id user_id"},
    "touch.log": {
        "opened": """agreed_date agreed_step_id back_date channel direction item_id model note nps_score obstacle_id outcome_id purpose reason_id
            res_ids""",
    },
    "touch.plan": {"opened": "channel day lead_id partner_id purpose reason"},
    "touch.skip": {"opened": "model reason res_ids"},
    "touch.wish": {"opened": "basis channel lead_id note partner_id state"},
    "touch.booking.act": {"opened": "agreed booking_id hours kind next_day next_step_id note other_id outcome_id place reason"},
    "touch.base": {"opened": "company_id currency_id"},
    "touch.settings": {"opened": f"company_id {SETTINGS}"},
    "touch.privacy": {"opened": "blacklist file file_name form kind model opt_out res_ids scope"},
    "touch.privacy.find": {"opened": "is_cut line_ids searched term"},
    "touch.privacy.find.line": {"opened": "archived chosen email enrollments find_id model name phone res_id touches"},
    "touch.privacy.log": {"nobody": "act clients company_id date rows user_id"},
}
WRITERS = {"sales": ("rep", "rep_all", "manager"), "manager": ("manager",), "nobody": ()}


def may_write(model, name, role):
    """:return: whether the tables say that the role writes this field, of a record of its own"""
    if model in WRITTEN:
        [who] = [who for who, names in WRITTEN[model].items() if name in names.split()]
        if who == "opened":
            return "w" in of_model(model, role).partition("|")[0]
        return role.removesuffix("_b") in WRITERS[who] or (role == "admin" and "manager" in WRITERS[who])
    if model == "res.users" and name in OWN_USER.split():
        return True
    [writers] = [writers for (_readers, writers), names in FIELDS[model].items() if name in names.split()]
    return {"record": role in RECORD_WRITERS[model], "manager": role in MANAGERS, "nobody": False}[writers]
