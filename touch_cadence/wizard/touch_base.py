from odoo import api, fields, models
from odoo.fields import Domain

from ..method.client import worth

BUYERS = Domain("last_purchase_date", "!=", False)


class TouchBase(models.TransientModel):
    """The client base in a few figures, for the clients that the user may see (R5, R19, R23 to R25)."""

    _name = "touch.base"
    _inherit = ["touch.named.mixin"]
    _description = "Value of the Client Base"

    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, readonly=True)
    currency_id = fields.Many2one("res.currency", default=lambda self: self.env["res.company"]._touch_main().currency_id, readonly=True)
    months = fields.Integer(related="company_id.touch_value_months")
    decay = fields.Integer(related="company_id.touch_decay")
    buyer_count = fields.Integer(string="Buyers", compute="_compute_figures")
    value = fields.Monetary(compute="_compute_figures")
    value_lost = fields.Monetary(string="Lost by Missed Months", compute="_compute_figures")
    lost_share = fields.Float(string="Share Lost", compute="_compute_figures")
    untouched_count = fields.Integer(string="Not Touched This Month", compute="_compute_figures")
    loyal_share = fields.Float(string="Loyalty Index", compute="_compute_figures", help="Share of loyal clients among all buyers.")
    repeat_buyer_share = fields.Float(string="Buyers Who Bought Again", compute="_compute_figures", help="Share of all buyers. Aim: 50 %.")
    repeat_share = fields.Float(string="Sales to Old Clients", compute="_compute_figures", help="Share of repeat sales in all sales.")
    recommended_share = fields.Float(string="Sales on Recommendation", compute="_compute_figures")
    nps_count = fields.Integer(string="Answers", compute="_compute_figures")
    nps = fields.Float(string="NPS", digits=(16, 0), compute="_compute_figures", help="Promoters minus critics, in percent of the answers.")
    promoter_count = fields.Integer(string="Promoters", compute="_compute_figures")
    neutral_count = fields.Integer(string="Neutral", compute="_compute_figures")
    critic_count = fields.Integer(string="Critics", compute="_compute_figures")

    def _untouched(self):
        """Buyers worth touching who had no touch since the month began (R19)."""
        month = worth.month_before(fields.Date.context_today(self), 0)
        return BUYERS & Domain("touch_opt_out", "=", False) & Domain("potential", "!=", "low") & ~Domain("last_touch_date", ">=", month)

    def _compute_display_name(self):
        self.display_name = self.env._("Client Base Value")

    @api.depends("company_id")
    def _compute_figures(self):
        partners = self.env["res.partner"]
        sums = ("purchase_value", "value_lost", "value_repeat", "value_recommended")
        [(buyers, value, lost, repeat, recommended)] = partners._read_group(
            BUYERS, aggregates=["__count", *(f"{name}:sum" for name in sums)]
        )
        again = partners.search_count(BUYERS & Domain("purchase_count", ">", 1))
        loyal = partners.search_count(BUYERS & Domain("is_loyal", "=", True))
        untouched = partners.search_count(self._untouched())
        answers = dict(partners._read_group([("nps_group", "!=", False)], ["nps_group"], ["__count"]))
        asked = sum(answers.values())
        for record in self:
            record.buyer_count = buyers
            record.value = value
            record.value_lost = lost
            record.lost_share = worth.share(lost, value)
            record.untouched_count = untouched
            record.loyal_share = worth.share(loyal, buyers)
            record.repeat_buyer_share = worth.share(again, buyers)
            record.repeat_share = worth.share(repeat, value)
            record.recommended_share = worth.share(recommended, value)
            record.nps_count = asked
            record.nps = worth.nps(answers.get("promoter", 0), answers.get("critic", 0), asked)
            record.promoter_count = answers.get("promoter", 0)
            record.neutral_count = answers.get("neutral", 0)
            record.critic_count = answers.get("critic", 0)

    # --------------------------------------------------------------
    # Actions
    # --------------------------------------------------------------

    def _open(self, name, domain, **context):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("touch_cadence.res_partner_action_value"),
            "name": name,
            "domain": list(domain),
            "context": context,
        }

    def action_open_value(self):
        return self._open(self.env._("Client Base Value"), BUYERS)

    def action_open_lost(self):
        return self._open(self.env._("Lost by Missed Months"), Domain("value_lost", ">", 0), search_default_salesperson=True)

    def action_open_untouched(self):
        return self._open(self.env._("Not Touched This Month"), self._untouched())

    def action_open_answers(self):
        return self._open(self.env._("Would Recommend Us"), Domain("nps_group", "!=", False), search_default_group_nps=True)
