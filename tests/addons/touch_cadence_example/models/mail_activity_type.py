from odoo import fields, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    touch_channel = fields.Selection(
        selection_add=[("whatsapp", "WhatsApp"), ("linkedin", "LinkedIn message")],
        ondelete={"whatsapp": "set null", "linkedin": "set null"},
    )
