"""To 19.0.1.2.0, before the new columns are there: one function for each thing to do, with the cursor as its only argument."""

# {model: {old name of a field: new name}}
RENAMED = {"touch.expert.booking": {"without_ids": "declined_expert_ids"}}


def rename_fields(cr):
    """Fields have names that explain themselves. A many2many keeps its table: it is named after the two models."""
    for model, fields in RENAMED.items():
        for old, new in fields.items():
            cr.execute("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", [new, model, old])
            names = [f"field_{model.replace('.', '_')}__{name}" for name in (new, old)]
            cr.execute(
                "UPDATE ir_model_data SET name = %s WHERE module = 'touch_cadence' AND model = 'ir.model.fields' AND name = %s", names
            )


STEPS = (rename_fields,)


def migrate(cr, version):
    for step in STEPS:
        step(cr)
