"""To 19.0.1.3.0, before the new columns are there: one function for each thing to do, with the cursor as its only argument."""

STEPS = ()


def migrate(cr, version):
    for step in STEPS:
        step(cr)
