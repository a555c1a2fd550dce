import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...method.client import purchases
from ..base.rooms import shared
from ..base.rows import named_rows

# what each company's base has taught: {company id: limits in days for who bought once, twice and three times}
LEARNED = "touch_cadence.lapse_learned"


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _touch_purchases(self):
        """What counts as a purchase; bridges to other apps add theirs.

        :return: SQL of rows (partner_id, day, amount, company_id, lead_id, recommended): ``amount`` in the company's currency, without
            tax; ``lead_id`` of the deal that was won; ``recommended``: on somebody's recommendation
        """
        local_day = self.env["res.company"]._touch_local_day
        return SQL(
            """SELECT partner_id, %s AS day, expected_revenue::numeric AS amount, company_id, id AS lead_id,
                      COALESCE(referred, '') != '' AS recommended
                 FROM crm_lead WHERE won_status = 'won' AND partner_id IS NOT NULL
                UNION ALL
               SELECT touch.partner_id, %s, 0, touch.company_id, NULL, FALSE
                 FROM touch_touch touch JOIN touch_outcome outcome ON outcome.id = touch.outcome_id
                WHERE outcome.ends = 'won' AND touch.state = 'done' AND touch.lead_id IS NULL AND touch.partner_id IS NOT NULL""",
            local_day(SQL("date_closed"), SQL("company_id")),
            local_day(SQL("touch.date_done"), SQL("touch.company_id")),
        )

    @shared
    @api.model
    def _touch_see_purchases(self, clients=None):
        """See when clients buy, and from which day on they are missed (R22). For who bought, selling ends.

        :param clients: partners; all when None
        """
        self.env.flush_all()
        only = clients.commercial_partner_id.ids if clients is not None else None
        if only is None:
            self._touch_learn_limits()
        query = self._touch_buyers_query(only)
        rows = named_rows(self.env, query) if only else self._touch_read_whole(query)
        main = self.env["res.company"]._touch_main().id
        limits = self._touch_limits()
        today = fields.Date.context_today(self)
        changed, bought = [], []
        for row in rows:
            interval = purchases.interval(row.first, row.last, row.days) if row.days else 0
            gaps = purchases.Gaps(max(row.days - 1, 0), (row.last - row.first).days / (row.days - 1) if row.days > 1 else 0, row.spread)
            lapses_on = purchases.lapses_on(row.last, purchases.limit(gaps, limits.get(row.company_id) or limits[main]))
            new = (row.last, row.days, interval, lapses_on)
            if new != (row.known_last, row.known_days, row.known_interval, row.known_lapses_on):
                changed.append((row.id, *new))
                # a purchase that is newer than what was known, and no old one that is read for the first time
                if row.last and row.last > (row.known_last or today - timedelta(days=1)):
                    bought.append(row.id)
        self._touch_write_figures(("last_purchase_date", "purchase_count", "purchase_interval", "lapses_on"), changed)
        for batch in split_every(10000, bought, self.browse):
            batch._touch_bought()

    @api.model
    def _touch_buyers_query(self, only=None):
        """:param only: ids of commercial partners; None: all
        :return: the query behind :meth:`_touch_see_purchases`"""
        # SQL: figures over all companies; ids are those of records, nothing comes from a caller
        return SQL(
            """WITH gap AS (%(gaps)s),
               bought AS (
                   SELECT id, min(day) AS first, max(day) AS last, count(*) AS days, stddev_samp(gap)::float AS spread
                     FROM gap GROUP BY id)
               SELECT client.id, client.company_id, bought.first, bought.last, COALESCE(bought.days, 0) AS days,
                      COALESCE(bought.spread, 0) AS spread,
                      client.last_purchase_date AS known_last, COALESCE(client.purchase_count, 0) AS known_days,
                      COALESCE(client.purchase_interval, 0) AS known_interval, client.lapses_on AS known_lapses_on
                 FROM res_partner client LEFT JOIN bought ON bought.id = client.id
                WHERE (bought.id IS NOT NULL OR client.last_purchase_date IS NOT NULL) %(these)s""",
            gaps=self._touch_gaps_query(only),
            these=SQL("AND client.id = ANY(%s)", only) if only is not None else SQL(),
        )

    @api.model
    def _touch_gaps_query(self, only=None):
        """:param only: ids of commercial partners; None: all
        :return: SQL of rows (id of the client, day, gap, before): a row for each day on which a client bought, with the days since the
            purchase before it, and how many gaps lay before that"""
        # SQL: figures over all companies; ids are those of records, nothing comes from a caller
        return SQL(
            """SELECT id, day, day - lag(day) OVER client AS gap, row_number() OVER client - 2 AS before
                 FROM (SELECT DISTINCT partner.commercial_partner_id AS id, purchase.day
                         FROM (%(purchases)s) purchase JOIN res_partner partner ON partner.id = purchase.partner_id
                        WHERE purchase.day IS NOT NULL %(only)s) purchase
               WINDOW client AS (PARTITION BY id ORDER BY day)""",
            purchases=self._touch_purchases(),
            only=SQL("AND partner.commercial_partner_id = ANY(%s)", only) if only is not None else SQL(),
        )

    @api.model
    def _touch_limits(self):
        """:return: {company id: what it says of when its clients are missed}"""
        learned = json.loads(self.env["ir.config_parameter"].sudo().get_param(LEARNED, "{}"))  # sudo: figures of the base
        return {
            company.id: purchases.Limits(
                company.touch_lapse_days, company.touch_lapse_least, company.touch_lapse_spreads, learned.get(str(company.id), ())
            )
            for company in self.env["res.company"].sudo().search([], order="id")  # sudo: settings
        }

    @api.model
    def _touch_learn_limits(self):
        """Learn from each company's own purchases when its clients are missed who bought once, twice and three times: the gap that only the
        setting's share of the gaps exceeded (R22). The night does it; what happens by day goes by it."""
        main = self.env["res.company"]._touch_main()
        late = [(one.id, 1 - one.touch_lapse_late / 100) for one in self.env["res.company"].sudo().search([], order="id")]  # sudo: settings
        # SQL: called by the night only; settings of companies are its numbers
        query = SQL(
            """WITH gap AS (%(gaps)s),
               late AS (SELECT * FROM unnest(%(companies)s, %(shares)s::float[]) AS late (company_id, share))
               SELECT late.company_id AS company, gap.before, count(*) AS seen,
                      percentile_cont(late.share) WITHIN GROUP (ORDER BY gap.gap) AS days
                 FROM gap JOIN res_partner client ON client.id = gap.id
                 JOIN late ON late.company_id = COALESCE(client.company_id, %(main)s)
                WHERE gap.before BETWEEN 0 AND %(last)s
                GROUP BY late.company_id, late.share, gap.before""",
            gaps=self._touch_gaps_query(),
            companies=[id_ for id_, _share in late],
            shares=[share for _id, share in late],
            main=main.id,
            last=purchases.OWN_FROM - 1,
        )
        learned = {id_: [0] * purchases.OWN_FROM for id_, _share in late}
        for row in self._touch_read_whole(query):
            learned[row.company][row.before] = purchases.taught(row.seen, row.days)
        known = json.dumps({id_: days for id_, days in learned.items() if any(days)}, sort_keys=True)
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: figures of the base
        if parameters.get_param(LEARNED, "{}") != known:
            parameters.set_param(LEARNED, known)

    def _touch_bought(self):
        """These clients have just bought; what that means for their enrolments is added by those who know them."""

    @api.model
    def _touch_read_whole(self, query):
        """Read a query that goes through the whole base, each table once.

        The database keeps no statistics of days in a time zone or of "the client's company, else the main one". It then expects a few clients,
        finds 100,000, and walks all touches once for each: with a million touches the night did not end. Without nested loops every join
        is one pass over both sides.

        :param query: a SQL object
        :return: its rows, as of :func:`named_rows`
        """
        # SQL: a setting of this transaction, and a query that our night made
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        rows = named_rows(self.env, query)
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")
        return rows

    @api.model
    def _touch_write_figures(self, names, rows):
        """Write figures of many clients, each with its own, in one statement.

        :param names: of stored fields without anything that depends on them
        :param rows: list of (partner id, a value for each name)
        """
        if not rows:
            return
        ids, *columns = (list(column) for column in zip(*rows))
        types = [self._fields[name].column_type[1] for name in names]
        # SQL: called overnight and when a deal closes, with what was counted; the names are our own, and no user's values get here
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET %s FROM unnest(%s, %s) AS new (id, %s) WHERE res_partner.id = new.id",
                SQL(", ").join(SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name)) for name in names),
                ids,
                SQL(", ").join(SQL(f"%s::{type_}[]", column) for type_, column in zip(types, columns)),
                SQL(", ").join(map(SQL.identifier, names)),
            )
        )
        self.browse(ids).invalidate_recordset(names)
