from odoo import fields, models
from odoo.tools import SQL


class TouchExpertReport(models.Model):
    """What each expert gave, and the results: one row for each assisted deal (R41). A deal's value is shared among its experts."""

    _name = "touch.expert.report"
    _description = "Experts' Work"
    _auto = False
    _order = "date desc, id desc"

    expert_id = fields.Many2one("touch.expert", readonly=True)
    expert_user_id = fields.Many2one("res.users", string="Expert's User", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Deal", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", related="company_id.currency_id")
    date = fields.Datetime(string="Last Help", readonly=True)
    hours = fields.Float(string="Hours Given", readonly=True)
    meetings = fields.Integer(readonly=True)
    touches = fields.Integer(string="Touches Made", readonly=True)
    deals = fields.Integer(string="Deals Assisted", readonly=True)
    deals_won = fields.Integer(readonly=True)
    value_won = fields.Monetary(
        string="Won Value", currency_field="currency_id", readonly=True, help="Value of the deal, divided equally among its experts."
    )
    value_share = fields.Monetary(
        string="Credited Value", currency_field="currency_id", readonly=True, help="The expert's share of the won value."
    )

    @property
    def _table_query(self):
        # a deal that was deleted is a deal assisted all the same: its bookings are anonymous
        return SQL(
            """WITH given AS (
                   SELECT min(id) AS id, expert_id, lead_id, company_id, max(start) AS date, sum(hours) AS hours, count(*) AS meetings, max(user_id) AS user_id,
                          sum(COALESCE(touches_erased, 0)) AS touches_erased
                     FROM touch_expert_booking WHERE state = 'done' GROUP BY expert_id, lead_id, deal_key, company_id),
               shared AS (SELECT *, count(*) OVER (PARTITION BY lead_id) AS experts FROM given)
               SELECT shared.id, shared.expert_id, expert.user_id AS expert_user_id, shared.lead_id,
                      COALESCE(lead.user_id, shared.user_id) AS user_id, lead.team_id,
                      shared.company_id, shared.date, shared.hours, shared.meetings, 1 AS deals,
                      shared.touches_erased
                      + (SELECT count(*) FROM touch_touch touch
                          WHERE touch.lead_id = lead.id AND touch.expert_id = expert.user_id AND touch.state = 'done') AS touches,
                      COALESCE(lead.won_status = 'won', FALSE)::int AS deals_won,
                      CASE WHEN lead.won_status = 'won' THEN lead.expected_revenue / shared.experts ELSE 0 END AS value_won,
                      CASE WHEN lead.won_status = 'won' THEN lead.expected_revenue / shared.experts * expert.won_share / 100 ELSE 0 END
                          AS value_share
                 FROM shared
                 JOIN touch_expert expert ON expert.id = shared.expert_id
                 LEFT JOIN crm_lead lead ON lead.id = shared.lead_id"""
        )
