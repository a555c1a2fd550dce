def uninstall_hook(env):
    """Addons that extend ``mail.thread`` name our heir of it in external ids of their own, which Odoo leaves behind."""
    env["ir.model.data"].search(
        [("model", "=", "ir.model.inherit"), ("name", "=like", "model\\_inherit\\_\\_touch\\_%"), ("module", "!=", "touch_cadence")]
    ).unlink()
