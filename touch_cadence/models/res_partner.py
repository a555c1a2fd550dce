from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..method.client import merging, purchases
from ..method.plan import occasions
from ..method.plan.facts import UNDER_WAY
from .touch_client_mixin import SALES


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["touch.client.mixin", "res.partner"]

    _touch_review_fields = {
        "active",
        "user_id",
        "potential",
        "temperature",
        "phone",
        "email",
        "touch_opt_out",
        "is_vip",
        "birthdate_date",
        "touch_tz",
    }

    is_vip = fields.Boolean(string="VIP", groups=SALES, help="VIP clients get private sales and no public ones.")
    # the name and type that OCA's partner_contact_birthdate uses, so that both modules can be installed
    birthdate_date = fields.Date(string="Birthdate", groups=SALES)
    # that module's, too: as closed as the date that it is computed of, else its form of a contact would open for nobody outside sales
    age = fields.Integer(compute="_compute_age", groups=SALES, help="In years. 0: not known.")
    # the name and type that OCA's partner_employee_quantity uses
    employee_quantity = fields.Integer(string="Number of Employees", help="How many people work there. 0: not known.")
    last_purchase_date = fields.Date(string="Last Purchase", groups=SALES, readonly=True, copy=False)
    purchase_count = fields.Integer(string="Purchases", groups=SALES, readonly=True, copy=False, help="Days on which the client bought.")
    purchase_interval = fields.Integer(
        string="Days between Purchases", groups=SALES, readonly=True, copy=False, help="Average days from one purchase to the next."
    )
    lapses_on = fields.Date(
        string="Missed since",
        groups=SALES,
        readonly=True,
        copy=False,
        help="From this day on, the client counts as missed: the last purchase is longer ago than usual.",
    )
    touch_opt_out = fields.Boolean(string="Wants No Contact", groups=SALES, help="Nobody at this client is contacted, by any channel.")
    enrollment_ids = fields.One2many("touch.enrollment", "partner_id", string="Cadences", groups=SALES)

    # a year that nobody knows comes in as 1 or 1604 from phones: that is no birthday of a later day, and it is left alone
    _touch_birthdate = models.Constraint("CHECK(birthdate_date <= '2100-12-31')", "A birthdate lies before the year 2101.")
    _touch_employees = models.Constraint(
        "CHECK(employee_quantity BETWEEN 0 AND 10000000)", "The number of employees lies between 0 (not known) and 10,000,000."
    )
    _touch_lapse_idx = models.Index("(lapses_on) WHERE lapses_on IS NOT NULL")
    _touch_warm_idx = models.Index("(temperature_date) WHERE temperature IN ('warm', 'hot')")
    _touch_birthday_idx = models.Index(
        "(EXTRACT(MONTH FROM birthdate_date), EXTRACT(DAY FROM birthdate_date)) WHERE birthdate_date IS NOT NULL"
    )

    def write(self, vals):
        # whose contact somebody is says whose enrolment it is
        moving = self.browse() if {"parent_id", "is_company"}.isdisjoint(vals) or not self.env["touch.planner"]._in_use() else self
        before = moving.commercial_partner_id
        away = self.filtered(lambda one: not one.active) if vals.get("active") and self.env["touch.planner"]._in_use() else self.browse()
        result = super().write(vals)
        if away:
            # sudo: the runs may be other reps', and whoever restores a contact has them go on
            found = self.env["touch.enrollment"].sudo().search([("partner_id", "in", away.ids)])
            away.sudo()._touch_work_again(found)
        if moving:
            (before | moving | moving.commercial_partner_id)._rekey_touches()
        return result

    def unlink(self):
        """A deleted contact's own touches become anonymous, so that the counts stay. Touches of a deal stay with the deal, and touches of
        the company's other contacts stay with these contacts."""
        if not self.env["touch.planner"]._in_use():
            return super().unlink()
        self.check_access("unlink")  # before touches go with all rights
        left = self.search([("id", "child_of", self.ids), ("id", "not in", self.ids)])
        own = [("partner_id", "in", self.ids), ("lead_id", "=", False)]
        enrollments = self.env["touch.enrollment"].sudo().search(own)  # sudo: of every rep
        enrollments.filtered(lambda one: one.state in UNDER_WAY)._stop("stopped", "removed")
        touches = self.env["touch.touch"].sudo().search(own)  # sudo: of every rep
        if touches or enrollments:
            self.env["touch.privacy.log"]._note("removed", clients=len(self), rows=len(touches) + len(enrollments))
        enrollments._anonymise()
        touches.filtered("client_key")._anonymise()
        self.env["touch.enrollment"]._rekey_found([("partner_id", "in", self.ids)], {"partner_id": False})
        result = super().unlink()
        left.exists()._rekey_touches()
        return result

    def _touch_merged(self):
        born = merging.birthdate([one.birthdate_date or None for one in self], fields.Date.context_today(self))
        strict = {name: any(self.mapped(name)) for name in ("is_vip", "touch_opt_out")}
        return {**super()._touch_merged(), **strict, "birthdate_date": born or False}

    @api.depends("tz", "country_id", "parent_id.touch_tz", "parent_id.country_id")
    def _compute_touch_zone(self):
        return super()._compute_touch_zone()

    @api.depends("birthdate_date")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for partner in self:
            partner.age = partner._touch_age(today) or 0

    def _touch_age(self, today):
        """:return: the age in years, None where the birthdate is not known"""
        return occasions.age(self.birthdate_date or None, today)

    # --------------------------------------------------------------
    # Purchases
    # --------------------------------------------------------------

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

    @api.model
    def _touch_see_purchases(self, clients=None):
        """See when clients buy, and from which day on they are missed (R22). For who bought, selling ends.

        :param clients: partners; all when None
        """
        self.env.flush_all()
        only = clients.commercial_partner_id.ids if clients is not None else None
        read = self.env.execute_query if only else self._touch_read_whole
        # SQL: figures over all companies; ids are those of records, nothing comes from a caller
        rows = read(
            SQL(
                """WITH bought AS (
                       SELECT partner.commercial_partner_id AS id, min(purchase.day) AS first, max(purchase.day) AS last,
                              count(DISTINCT purchase.day) AS days
                         FROM (%(purchases)s) purchase JOIN res_partner partner ON partner.id = purchase.partner_id
                        WHERE purchase.day IS NOT NULL %(only)s
                        GROUP BY partner.commercial_partner_id)
                   SELECT client.id, bought.first, bought.last, COALESCE(bought.days, 0), client.company_id,
                          client.last_purchase_date, COALESCE(client.purchase_count, 0), COALESCE(client.purchase_interval, 0), client.lapses_on
                     FROM res_partner client LEFT JOIN bought ON bought.id = client.id
                    WHERE (bought.id IS NOT NULL OR client.last_purchase_date IS NOT NULL) %(these)s""",
                purchases=self._touch_purchases(),
                only=SQL("AND partner.commercial_partner_id = ANY(%s)", only) if only is not None else SQL(),
                these=SQL("AND client.id = ANY(%s)", only) if only is not None else SQL(),
            )
        )
        companies = {company.id: company for company in self.env["res.company"].sudo().search([], order="id")}  # sudo: settings
        main = self.env["res.company"]._touch_main()
        today = fields.Date.context_today(self)
        changed, bought = [], []
        for id_, first, last, days, company_id, *known in rows:
            company = companies.get(company_id, main)
            interval = purchases.interval(first, last, days) if days else 0
            new = [last, days, interval, purchases.lapses_on(last, interval, company.touch_lapse_days, company.touch_lapse_least)]
            if new != known:
                changed.append((id_, *new))
                # a purchase that is newer than what was known, and no old one that is read for the first time
                if last and last > (known[0] or today - timedelta(days=1)):
                    bought.append(id_)
        self._touch_write_figures(("last_purchase_date", "purchase_count", "purchase_interval", "lapses_on"), changed)
        if bought and self.env["touch.planner"]._in_use():
            for batch in split_every(10000, bought, self.browse):
                self.env["touch.enrollment"]._bought(batch)

    @api.model
    def _touch_read_whole(self, query):
        """Read a query that goes through the whole base, each table once.

        The database keeps no statistics of days in a time zone or of "the client's company, else the main one". It then expects a few clients,
        finds 100,000, and walks all touches once for each: with a million touches the night did not end. Without nested loops every join
        is one pass over both sides.

        :param query: a SQL object
        :return: its rows
        """
        # SQL: a setting of this transaction, and a query that our night made
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        rows = self.env.execute_query(query)
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

    def _rekey_touches(self):
        """Put enrolments and touches under the client they belong to now (invariant 9)."""
        domain = ["|", ("partner_id", "in", self.ids), ("commercial_partner_id", "in", self.ids)]
        self.env["touch.enrollment"]._rekey_found(domain)
