from odoo import api, fields, models

from .rooms import shared


class TouchPrivacyLog(models.Model):
    """A log of exports and erasures of clients' data: who did it, when, and for how many clients, but never for whom. Nobody writes or
    deletes it by hand."""

    _name = "touch.privacy.log"
    _inherit = ["touch.guarded.mixin"]
    _description = "Log of Exports and Erasures"
    _order = "id desc"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="Done by", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    act = fields.Selection(
        string="Action",
        selection=[
            ("export", "Exported"),
            ("erase", "Touches erased"),
            ("erase_client", "Touches and client erased"),
            ("delete", "Records deleted by hand"),
            ("removed", "Contact or lead deleted"),
            ("retention", "Retention period ended"),
        ],
        required=True,
        readonly=True,
    )
    clients = fields.Integer(readonly=True, help="Contacts and leads.")
    rows = fields.Integer(string="Records", readonly=True, help="Touches, enrolments, judgements and expert bookings.")

    @shared
    @api.model
    def _write_line(self, act, clients=0, rows=0):
        """Write a line.

        :param act: a key of ``act``
        :param clients: how many contacts and leads
        :param rows: how many rows of ours
        """
        # sudo: nobody writes the log by hand
        return self.sudo().create(
            {"act": act, "clients": clients, "rows": rows, "user_id": self.env.uid, "company_id": self.env.company.id}
        )
