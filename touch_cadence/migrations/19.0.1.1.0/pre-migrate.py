"""To 19.0.1.1.0, before the new tables and columns are there: one function for each thing to do, with the cursor as its only argument."""

from odoo.addons.touch_cadence import upgrade
from odoo.tools.sql import SQL, column_exists

# All databases of 19.0.1.0.0 say the same version; how old one is shows in the columns that it lacks.
AGES = {
    "method": ("touch_outcome", "answer"),
    "experts": ("touch_expert", "id"),
    "jobs": ("touch_job", "id"),
}


def remember_age(cr):
    """For the scripts that run afterwards, when all columns are there."""
    upgrade.remember(cr, {age: upgrade.lacks(cr, *column) for age, column in AGES.items()})


def update_record_rules(cr):
    """Record rules came with ``noupdate``, so a mended right would never reach a database that stands: from now on they are the version's."""
    cr.execute("UPDATE ir_model_data SET noupdate = FALSE WHERE module = 'touch_cadence' AND model IN ('ir.rule', 'res.groups')")


# {table: {column: (least, most)}} of what had no bound before, as the constraints of this version have it
BOUNDS = {
    "res_company": {
        "touch_horizon": (0, 260),
        "touch_min_gap": (0, 365),
        "touch_per_day": (0, 1000),
        "touch_cool_days": (0, 3650),
        "touch_lapse_days": (0, 3650),
        "touch_lapse_least": (0, 3650),
        "touch_paper_age": (0, 150),
        "touch_paper_size": (0, 10000000),
        "touch_value_months": (1, 120),
        "touch_loyal_from": (1, 1000),
        "touch_xyz_x": (0, 1000),
        "touch_xyz_y": (0, 1000),
        "touch_judge_days": (0, 3650),
        "touch_large_factor": (0, 10000),
        "touch_expert_weeks": (1, 52),
        "touch_expert_notice": (0, 1000),
        "touch_experienced_won": (0, 100000),
        "touch_experienced_months": (0, 600),
    },
    "res_users": {"touch_per_day": (0, 1000)},
    "res_partner": {"employee_quantity": (0, 10000000)},
    "touch_cadence": {
        "sequence": (-1000000, 1000000),
        "rhythm": (0, 100),
        "target": (1, 1000),
        "stop_after": (0, 10000),
        "hand_over_after": (0, 1000),
        "window_days": (0, 3650),
        "rest_days": (0, 3650),
        "version_until": ("1900-01-01", "2100-12-31"),
    },
    "touch_cadence_step": {"sequence": (-1000000, 1000000), "times": (0, 1000)},
    "touch_reason": {
        "sequence": (-1000000, 1000000),
        "valid_from": ("1900-01-01", "2100-12-31"),
        "valid_to": ("1900-01-01", "2100-12-31"),
    },
    "touch_outcome": {"sequence": (-1000000, 1000000)},
    "touch_marker_question": {"sequence": (-1000000, 1000000), "weight": (1, 1000)},
    "touch_marker_option": {"sequence": (-1000000, 1000000)},
    "touch_expert": {"sequence": (-1000000, 1000000), "turn": (0, 100000000), "hours_week": (0, 168), "slot_hours": (0, 24)},
    "touch_expert_booking": {"hours": (0, 1000)},
    "touch_touch": {
        "date_deadline": ("1900-01-01", "2100-12-31"),
        "date_planned": ("1900-01-01", "2101-01-01"),
        "date_done": ("1900-01-01", "2101-01-01"),
        "number": (0, 1000000),
        "moves": (0, 1000000),
    },
    "touch_enrollment": {
        "date_start": ("1900-01-01", "2100-12-31"),
        "date_end": ("1900-01-01", "2100-12-31"),
        "not_before": ("1900-01-01", "2100-12-31"),
        "date_paused": ("1900-01-01", "2100-12-31"),
        "next_date": ("1900-01-01", "2101-01-01"),
        "run": (1, 1000000),
        "touch_count": (0, 1000000),
    },
}


def bring_into_bounds(cr):
    """Numbers and dates that nobody meant go to the nearest that is allowed: the new constraints find none outside."""
    for table, columns in BOUNDS.items():
        for column, (least, most) in columns.items():
            if column_exists(cr, table, column):
                cr.execute(
                    SQL(
                        "UPDATE %(table)s SET %(column)s = LEAST(GREATEST(%(column)s, %(least)s), %(most)s)"
                        " WHERE %(column)s NOT BETWEEN %(least)s AND %(most)s",
                        table=SQL.identifier(table),
                        column=SQL.identifier(column),
                        least=least,
                        most=most,
                    )
                )
    cr.execute("UPDATE res_partner SET birthdate_date = NULL WHERE birthdate_date > '2100-12-31'")


STEPS = (remember_age, update_record_rules, bring_into_bounds)


def migrate(cr, version):
    for step in STEPS:
        step(cr)
