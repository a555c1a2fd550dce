"""To 19.0.1.3.0, before the new columns are there: one function for each thing to do, with the cursor as its only argument."""

from odoo.tools.sql import column_exists, rename_column


def tell_counting_from_reaching(cr):
    """Outcomes and touches say two things instead of one: whether a touch counts, which was called "reached", and whether somebody was
    reached, which was called "answered"."""
    if column_exists(cr, "touch_touch", "counts"):
        return
    for table in ("touch_touch", "touch_outcome"):
        rename_column(cr, table, "reached", "counts")
    if column_exists(cr, "touch_touch", "answered"):
        rename_column(cr, "touch_touch", "answered", "reached")
    cr.execute("ALTER TABLE touch_outcome ADD COLUMN reached boolean")
    cr.execute("UPDATE touch_outcome SET reached = counts")
    if column_exists(cr, "touch_outcome", "answer"):
        cr.execute("UPDATE touch_outcome SET reached = FALSE WHERE answer = 'no'")
    for quote in ("'", '"'):
        cr.execute(
            """UPDATE ir_filters SET domain = replace(replace(domain, %(reached)s, %(counts)s), %(answered)s, %(reached)s)
                WHERE model_id IN ('touch.touch', 'touch.outcome')""",
            {name: f"{quote}{name}{quote}" for name in ("reached", "counts", "answered")},
        )


STEPS = (tell_counting_from_reaching,)


def migrate(cr, version):
    for step in STEPS:
        step(cr)
