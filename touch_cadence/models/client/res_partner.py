from odoo import api, fields, models
from odoo.fields import Domain

from ...method.client import merging
from ...method.plan import occasions
from ..base.names import SALES
from ..base.rooms import shared


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
        "touch_away_until",
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
    touch_how_to_talk = fields.Text(
        string="How to Talk",
        groups=SALES,
        help="What everyone who touches the client should know: words to use or to leave out, best hours, what matters to them. It stands "
        "on every touch.",
    )
    touch_opt_out = fields.Boolean(string="Wants No Contact", groups=SALES, help="Nobody at this client is contacted, by any channel.")
    touch_is_ours = fields.Boolean(
        string="Ours",
        groups=SALES,
        compute="_compute_touch_is_ours",
        search="_search_touch_is_ours",
        help="The contact of a company of this database, or of one of its users: no client.",
    )
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

    @api.model
    def name_create(self, name):
        """A file of contacts names firms: what it makes of them are companies, so that their people are known as theirs."""
        if (self.env.context.get("name_create_enabled_fields") or {}).get("parent_id"):
            self = self.with_context(default_is_company=True)
        return super().name_create(name)

    @shared
    def _touch_merged(self):
        born = merging.birthdate([one.birthdate_date or None for one in self], fields.Date.context_today(self))
        strict = {name: any(self.mapped(name)) for name in ("is_vip", "touch_opt_out")}
        return {**super()._touch_merged(), **strict, "birthdate_date": born or False}

    @api.depends("tz", "country_id", "parent_id.touch_tz", "parent_id.country_id")
    def _compute_touch_zone(self):
        return super()._compute_touch_zone()

    def _compute_touch_is_ours(self):
        ours = self.filtered_domain(self._touch_ours())
        for partner in self:
            partner.touch_is_ours = partner in ours

    def _search_touch_is_ours(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._touch_ours() if True in value else ~self._touch_ours()

    @api.model
    def _touch_ours(self):
        """:return: the domain of the contacts of our own companies and users"""
        # sudo: whose contacts they are; every company of the database is one of ours, also one that the user may not enter
        companies = self.env["res.company"].sudo().search([("active", "in", (True, False))]).partner_id
        users = self.env["res.users"].sudo().search([("share", "=", False)]).partner_id  # sudo: as above
        return Domain("id", "in", (companies | users).ids)

    @api.depends("birthdate_date")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for partner in self:
            partner.age = partner._touch_age(today) or 0

    @shared
    def _touch_age(self, today):
        """:return: the age in years, None where the birthdate is not known"""
        return occasions.age(self.birthdate_date or None, today)
