from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from ...method.client import worth as method_worth
from ..base.names import SALES
from ..base.rooms import shared

NPS_SELECTION = [(str(score), str(score)) for score in range(11)]
# written overnight, for all clients at once
FIGURES = (
    "purchase_value",
    "value_repeat",
    "value_recommended",
    "missed_months",
    "value_lost",
    "abc_class",
    "xyz_class",
    "purchase_variation",
    "is_loyal",
    "touch_currency_id",
)


class Worth(NamedTuple):
    """What the database knows of a client's worth."""

    id: int
    company_id: int | None
    purchases: int  # days on which the client bought
    worth_touching: bool
    value: Decimal
    repeat: Decimal
    recommended: Decimal
    first: date | None  # contact
    contacted: int | None  # months
    variation: float  # of the rhythm, in percent
    lapses_on: date | None
    known: tuple  # the figures as they stand

    def figures(self, company, currency, today, abc_class):
        """:return: the figures as they should stand, in the order of ``FIGURES``"""
        counts = self.worth_touching and self.first
        missed = method_worth.missed_months(self.first, self.contacted, today, company.touch_value_months) if counts else 0
        return (
            self.value,
            self.repeat,
            self.recommended,
            missed,
            round(method_worth.lost(float(self.value), missed, company.touch_decay), 2),
            abc_class,
            method_worth.xyz(self.purchases, self.variation, company.touch_xyz_x, company.touch_xyz_y) if self.purchases else None,
            round(self.variation),
            method_worth.is_loyal(self.purchases, self.lapses_on, today, company.touch_loyal_from),
            currency.id if self.first else None,
        )


def _plain(value):
    """Figures as the database and as Python give them, made comparable."""
    return value if value is None or isinstance(value, str) else round(float(value), 2)


class ResPartner(models.Model):
    """The value of a client, and what months without a touch cost."""

    _inherit = "res.partner"

    # stored with the figures: pivots and sums of groups ask for the currency in SQL
    touch_currency_id = fields.Many2one("res.currency", string="Currency of the Value", groups=SALES, readonly=True, copy=False)
    purchase_value = fields.Monetary(
        string="Value",
        currency_field="touch_currency_id",
        groups=SALES,
        readonly=True,
        copy=False,
        help="What the client bought in the months that count for the value, and in the current month.",
    )
    value_repeat = fields.Monetary(
        string="Value of Repeat Sales", currency_field="touch_currency_id", groups=SALES, readonly=True, copy=False
    )
    value_recommended = fields.Monetary(
        string="Value of Recommended Sales", currency_field="touch_currency_id", groups=SALES, readonly=True, copy=False
    )
    missed_months = fields.Integer(
        groups=SALES,
        readonly=True,
        copy=False,
        help="Full months without a touch or purchase, within the months that count for the value.",
    )
    value_lost = fields.Monetary(
        string="Lost by Missed Months",
        currency_field="touch_currency_id",
        groups=SALES,
        readonly=True,
        copy=False,
        help="Each month without a touch costs a part of the client's value.",
    )
    abc_class = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        string="Class by Volume",
        groups=SALES,
        readonly=True,
        copy=False,
        help="A: the clients with the highest sales. C: those with the lowest.",
    )
    xyz_class = fields.Selection(
        [("x", "X"), ("y", "Y"), ("z", "Z")],
        string="Class by Regularity",
        groups=SALES,
        readonly=True,
        copy=False,
        help="X: buys very regularly. Z: purchases cannot be predicted.",
    )
    purchase_variation = fields.Integer(
        string="Variation between Purchases (%)",
        groups=SALES,
        readonly=True,
        copy=False,
        aggregator="avg",
        help="How much the days between purchases vary: their standard deviation divided by their average.",
    )
    is_loyal = fields.Boolean(string="Loyal", groups=SALES, readonly=True, copy=False, help="The client bought again and is not missed.")
    nps_score = fields.Selection(
        NPS_SELECTION, string="Would Recommend Us", groups=SALES, tracking=True, copy=False, help="The latest answer, 0 to 10."
    )
    nps_date = fields.Date(string="Asked on", groups=SALES, copy=False, readonly=True)
    nps_group = fields.Selection(
        [("promoter", "Promoter"), ("neutral", "Neutral"), ("critic", "Critic")],
        string="Promoter or Critic",
        groups=SALES,
        compute="_compute_nps_group",
        store=True,
    )

    @api.depends("nps_score")
    def _compute_nps_group(self):
        for partner in self:
            partner.nps_group = partner.nps_score and method_worth.nps_group(int(partner.nps_score))

    @api.model
    def _touch_set_along(self, vals):
        asked = {"nps_date": vals["nps_score"] and fields.Date.context_today(self)} if "nps_score" in vals else {}
        return {**super()._touch_set_along(vals), **asked}

    @shared
    @api.model
    def _touch_update_worth(self):
        """Say of every client who was ever touched or bought what he is worth, what missed months cost, and his classes (R19, R23, R25).

        Low potential, opted out or archived: not worth touching, so nothing is lost by leaving them alone.
        """
        self.env.flush_all()
        today = fields.Date.context_today(self)
        main = self.env["res.company"]._touch_main()
        companies = self.env["res.company"].sudo().search([("active", "=", True)], order="id")  # sudo: settings only
        changed = []
        for months, alike in companies.grouped("touch_value_months").items():
            worths = self._touch_read_worths(alike, main, today, months)
            for company, its in groupby(worths, lambda worth: worth.company_id or main.id):
                company = companies.browse(company)
                buyers = [worth for worth in its if worth.purchases]
                letters = method_worth.abc([float(worth.value) for worth in buyers], company.touch_abc_a, company.touch_abc_b)
                letter_of = dict(zip((worth.id for worth in buyers), letters))
                for worth in its:
                    figures = worth.figures(company, main.currency_id, today, letter_of.get(worth.id))
                    if [*map(_plain, figures)] != [*map(_plain, worth.known)]:
                        changed.append((worth.id, *figures))
        self._touch_write_figures(FIGURES, changed)

    @api.model
    def _touch_read_worths(self, companies, main, today, months):
        """:param companies: those that look at so many ``months``
        :return: list of :class:`Worth`, of those of these companies' clients who were ever touched or bought, and of those whose figures
            are to be emptied
        """
        rows = self._touch_read_whole(self._touch_worths_query(companies, main, today, months))
        own, known = attrgetter(*Worth._fields[:-1]), attrgetter(*FIGURES)
        return [Worth(*own(row), known=known(row)) for row in rows]

    @api.model
    def _touch_worths_query(self, companies, main, today, months):
        """:return: the query behind :meth:`_touch_read_worths`, a column for each field of :class:`Worth`"""
        rates = [
            (one.id, one.currency_id._get_conversion_rate(one.currency_id, main.currency_id, main, today))
            for one in companies.search([("active", "=", True)], order="id")
        ]
        # SQL: called by the night only; settings of companies are its numbers
        return SQL(
            """WITH rate AS (SELECT * FROM unnest(%(rate_of)s, %(rates)s::numeric[]) AS rate (company_id, rate)),
               purchase AS (
                   SELECT partner.commercial_partner_id AS id, bought.day, round(sum(bought.amount * rate.rate), 2) AS amount,
                          round(sum(bought.amount * rate.rate) FILTER (WHERE bought.recommended), 2) AS recommended
                     FROM (%(purchases)s) bought
                     JOIN res_partner partner ON partner.id = bought.partner_id
                     JOIN rate ON rate.company_id = COALESCE(bought.company_id, %(main)s)
                    WHERE bought.day IS NOT NULL
                    GROUP BY 1, 2),
               gap AS (
                   SELECT *, day - lag(day) OVER client AS days, row_number() OVER client AS number
                     FROM purchase WINDOW client AS (PARTITION BY id ORDER BY day)),
               bought AS (
                   SELECT id, count(*) AS days,
                          COALESCE(sum(amount) FILTER (WHERE day >= %(since)s), 0) AS value,
                          COALESCE(sum(amount) FILTER (WHERE day >= %(since)s AND number > 1), 0) AS repeat,
                          COALESCE(sum(recommended) FILTER (WHERE day >= %(since)s), 0) AS recommended,
                          COALESCE(stddev_pop(days) / avg(days) * 100, 0)::float AS variation
                     FROM gap GROUP BY id),
               contact AS (
                   SELECT id, day FROM purchase
                    UNION ALL
                   SELECT commercial_partner_id, %(made)s FROM touch_touch
                    WHERE state = 'done' AND commercial_partner_id IS NOT NULL),
               contacted AS (
                   SELECT id, min(day) AS first,
                          count(DISTINCT date_trunc('month', day)) FILTER (WHERE day >= %(since)s AND day < %(month)s) AS months
                     FROM contact GROUP BY id)
               SELECT client.id, client.company_id, COALESCE(bought.days, 0) AS purchases,
                      client.active AND client.touch_opt_out IS NOT TRUE AND client.potential IS DISTINCT FROM 'low' AS worth_touching,
                      COALESCE(bought.value, 0) AS value, COALESCE(bought.repeat, 0) AS repeat,
                      COALESCE(bought.recommended, 0) AS recommended, contacted.first, contacted.months AS contacted,
                      COALESCE(bought.variation, 0) AS variation, client.lapses_on,
                      %(known)s
                 FROM res_partner client
                 LEFT JOIN contacted ON contacted.id = client.id
                 LEFT JOIN bought ON bought.id = client.id
                WHERE COALESCE(client.company_id, %(main)s) = ANY(%(companies)s)
                  -- also who has figures of a time when there was contact
                  AND (contacted.id IS NOT NULL OR client.touch_currency_id IS NOT NULL)""",
            rate_of=[id_ for id_, _rate in rates],
            rates=[rate for _id, rate in rates],
            purchases=self._touch_purchases(),
            made=self.env["res.company"]._touch_local_day(SQL("date_done"), SQL("company_id")),
            main=main.id,
            since=method_worth.month_before(today, months),
            month=method_worth.month_before(today, 0),
            known=SQL(", ").join(SQL("client.%s", SQL.identifier(name)) for name in FIGURES),
            companies=companies.ids,
        )
