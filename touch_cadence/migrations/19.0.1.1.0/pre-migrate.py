"""To 19.0.1.1.0, before the new tables and columns are there: one function for each thing to do, with the cursor as its only argument."""


def update_record_rules(cr):
    """Record rules came with ``noupdate``, so a mended right would never reach a database that stands: from now on they are the version's."""
    cr.execute("UPDATE ir_model_data SET noupdate = FALSE WHERE module = 'touch_cadence' AND model IN ('ir.rule', 'res.groups')")


STEPS = (update_record_rules,)


def migrate(cr, version):
    for step in STEPS:
        step(cr)
