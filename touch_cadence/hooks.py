from . import upgrade


def pre_init_hook(env):
    """On a new installation, adopt the activity types that stayed because something used them, instead of creating them again."""
    types = env["mail.activity.type"].with_context(active_test=False, lang="en_US")
    for name, record in upgrade.records().items():
        if record.get("model") != types._name or "." in name:
            continue
        values = {field.get("name"): field.text for field in record.findall("field")}
        found = types.search([("name", "=", values["name"]), ("icon", "=", values["icon"])], order="id")
        strays = found.filtered(lambda one: not one.get_external_id()[one.id])[:1]
        if strays:
            strays.active = True
            env["ir.model.data"].create(
                {"module": upgrade.ADDON, "name": name, "model": types._name, "res_id": strays.id, "noupdate": True}
            )


def post_init_hook(env):
    """On a new installation, teams have a gate for beginners; whoever updates has set what he wants (R40)."""
    env["crm.team"]._touch_set_gates()


def uninstall_hook(env):
    """Remove everything of ours that nobody could recognise later. The dialog before this says what happens."""
    env["touch.installation"]._leave()
    # addons that extend ``mail.thread`` name our heir of it in external ids of their own, which Odoo leaves behind
    env["ir.model.data"].search(
        [("model", "=", "ir.model.inherit"), ("name", "=like", "model\\_inherit\\_\\_touch\\_%"), ("module", "!=", upgrade.ADDON)]
    ).unlink()
