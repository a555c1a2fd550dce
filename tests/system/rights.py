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
    "touch.marker.question": CONFIGURATION,
    "touch.marker.option": CONFIGURATION,
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
    "touch.job": {"rep": "r||", "rep_all": "r||", "manager": "r|r|"},
    "touch.job.left.out": {"rep": "r||", "rep_all": "r||", "manager": "r|r|"},
    "touch.act": WIZARD,
    "touch.ask.expert": OF_ONE,
    "touch.enroll": {"rep": "rwcu|c|", "rep_all": "rwcu|c|", "manager": "rwcu|c|"},
    "touch.finish": WIZARD,
    "touch.judge": OF_ONE,
    "touch.log": WIZARD,
    "touch.skip": WIZARD,
    "touch.booking.act": {**OF_ONE, "expert": "rwcu||"},
    "touch.base": {"manager": "rwcu||c"},
    "touch.settings": {"manager": "rwcu||c"},
    "touch.privacy": {"manager": "rwcu||c"},
    "touch.privacy.find": {"manager": "rwcu||c"},
    "touch.privacy.find.line": {"manager": "rwcu||c"},
    "touch.privacy.log": {"manager": "r|r|"},
}
ABSTRACT = {
    "touch.anonymous.mixin",
    "touch.bulk.mixin",
    "touch.client.mixin",
    "touch.desk",
    "touch.filter.mixin",
    "touch.guarded.mixin",
    "touch.installation",
    "touch.named.mixin",
    "touch.planner",
    "touch.presence",
    "touch.privacy.holding",
    "touch.reach",
    "touch.words",
}


def of_model(model, role):
    """:return: what the table says; people of the second company have the rights of the first one's"""
    return MODELS[model].get(role.removesuffix("_b"), "||")


# Our fields on Odoo's models: (who reads them, who writes them): names. Readers: everyone who reads the record; sales; staff (sales managers and
# administrators, and of users the person); writers: record (who may write the record), manager (of sales), nobody (what happened says it).
SETTINGS = """touch_abc_a touch_abc_b touch_cool_days touch_decay touch_experienced_months touch_experienced_won touch_expert_notice
    touch_expert_weeks touch_few_means touch_horizon touch_hour_from touch_hour_to touch_judge_days touch_keep_months touch_lapse_days
    touch_lapse_least touch_large_factor touch_loyal_from touch_min_gap touch_paper_age touch_paper_size touch_per_day touch_per_deal
    touch_value_months touch_xyz_x touch_xyz_y"""
FIELDS = {
    "res.partner": {
        ("everyone", "record"): "employee_quantity",
        ("sales", "record"): "birthdate_date is_vip nps_score temperature touch_opt_out touch_tz",
        ("sales", "manager"): "potential",
        ("sales", "nobody"): """abc_class age enrollment_ids is_loyal lapses_on last_purchase_date last_touch_date missed_months
            next_touch_date next_touch_why nps_date nps_group purchase_count purchase_interval purchase_value purchase_variation temperature_date touch_count
            touch_currency_id touch_erased_date touch_ids touch_zone value_lost value_recommended value_repeat xyz_class""",
    },
    "crm.lead": {
        ("sales", "record"): "has_authority has_money has_need has_wish temperature touch_tz",
        ("sales", "manager"): "potential",
        ("sales", "nobody"): """booking_ids enrollment_ids expert_alone_reason expert_blocks expert_status expert_text judgement_ids
            last_touch_date next_touch_date next_touch_why potential_date potential_due potential_why readiness temperature_date touch_count
            touch_erased_date touch_ids touch_is_large touch_level touch_strategy touch_zone""",
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
    "res.company": {("everyone", "record"): SETTINGS},
    "res.config.settings": {("everyone", "record"): SETTINGS},
    "mail.activity": {("everyone", "record"): "touch_outcome_id", ("everyone", "nobody"): "touch_id touch_ids"},
    "mail.activity.type": {("everyone", "record"): "touch_channel"},
    "base.module.uninstall": {("everyone", "nobody"): "touch_leaving"},  # Odoo opens that dialog to administrators only
}
# what people write by hand of plan and history; the methods do the rest, and ask whose it is
WRITTEN_BY_PEOPLE = {"touch.touch": "note date_deadline", "touch.enrollment": ""}
