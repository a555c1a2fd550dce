"""To 19.0.1.1.0, before the new tables and columns are there: one function for each thing to do, with the cursor as its only argument."""

STEPS = ()


def migrate(cr, version):
    for step in STEPS:
        step(cr)
