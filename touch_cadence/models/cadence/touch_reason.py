from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...method.plan import facts as method_facts
from ...method.plan import occasions
from ..background.touch_background import TRANSACTION_OVER
from ..base.rooms import shared
from .touch_cadence_step import PURPOSES
from .touch_filter_mixin import KEPT_FIELDS, FilterProblem

KINDS = [
    ("news", "News and useful material"),
    ("detail", "A changed detail of the offer"),
    ("arrival", "New product or collection"),
    ("sale", "Sale"),
    ("private_sale", "Private sale"),
    ("birthday", "Birthday"),
    ("holiday", "Holiday"),
    ("coupon", "Coupon"),
    ("next_step", "Next step"),
]
# kinds that belong to a period, and go before the general reasons (R26 to R28, R31)
CAMPAIGNS = ("arrival", "sale", "private_sale", "coupon")


class TouchReason(models.Model):
    _name = "touch.reason"
    _inherit = ["touch.filter.mixin", "touch.business.mixin"]
    _description = "Reason for a Touch"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="news")
    text = fields.Html(
        string="For the Salesperson", translate=True, help="What to tell the client, and how. The client does not see this text."
    )
    holiday = fields.Char(
        help="Parts of the official holiday's name, separated by commas: “New Year, Capodanno”. Empty: every official holiday of the "
        "client's country."
    )
    holiday_note = fields.Char(compute="_compute_holiday_note")
    script_ids = fields.One2many("touch.script", "reason_id", string="Texts", copy=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "touch_reason_attachment_rel",
        string="Materials",
        help="They go out with the mails of touches with this reason (R49).",
    )
    company_id = fields.Many2one("res.company", help="Empty: every company may use it.")
    next_step_id = fields.Many2one(
        "touch.next.step",
        ondelete="restrict",
        index="btree_not_null",
        help="What the touch asks for. Empty, for a next step: it asks for a clear yes or no.",
    )
    purpose = fields.Selection(PURPOSES, help="Empty: for warming and closing touches.")
    audience = fields.Selection(
        [("everyone", "Everyone"), ("vip", "VIP clients only"), ("not_vip", "Everyone except VIP")], required=True, default="everyone"
    )
    buyers = fields.Selection(
        [("any", "Buyers and others"), ("only", "Only who has bought"), ("not", "Only who has never bought")],
        required=True,
        default="any",
        help="Whether the client's company has bought from you before. Leads without a contact have not.",
    )
    cold = fields.Boolean(default=True)
    warm = fields.Boolean(default=True)
    hot = fields.Boolean(default=True)
    channel_ids = fields.Many2many(
        "mail.activity.type", string="Channels", domain=[("touch_channel", "!=", False)], help="Empty: any channel."
    )
    domain = fields.Char(string="Filter", help="Contacts to whom the reason applies. Empty: the whole audience.")
    valid_from = fields.Date()
    valid_to = fields.Date(string="Valid until")
    recurrence = fields.Selection(
        [("once", "Once"), ("yearly", "Once a year"), ("again", "Repeatedly (next steps)")],
        string="Use per Client",
        required=True,
        default="once",
        help="News is told once to each client. A next step may be asked for again; the one that was not asked for the longest time "
        "comes first.",
    )

    for_missing = fields.Selection(
        [("need", "Need"), ("wish", "Wish"), ("money", "Money"), ("authority", "Authority")],
        string="For Clients Who Lack",
        help="The reason is for clients on whose deal this is not ticked, while another of the four is. It goes before other reasons.",
    )

    obstacle_ids = fields.Many2many(
        "touch.obstacle",
        string="For Obstacles",
        help="The reason is for clients who said “not now” because of one of these. It goes before other reasons when one comes back to them.",
    )
    moment = fields.Selection(
        [
            (method_facts.FIRST, "First touch of a new client"),
            (method_facts.BOUGHT, "First touch after a purchase"),
            (method_facts.LATE, "The client stopped buying"),
            (method_facts.MET, "First touch after a meeting"),
            (method_facts.ANEW, "A known client is approached anew"),
        ],
        help="The reason is for this moment alone, and goes before other reasons then. It may be used once each time the moment comes.",
    )
    item_ids = fields.Many2many(
        "touch.item",
        string="Items that Arrived",
        help="Clients who wait for one of these are told first: the reason is their next touch, on its first day.",
    )

    _valid = models.Constraint("CHECK(valid_from <= valid_to)", "A reason cannot end before it begins.")
    _years = models.Constraint(
        "CHECK(valid_from BETWEEN '1900-01-01' AND '2100-12-31' AND valid_to BETWEEN '1900-01-01' AND '2100-12-31')",
        "The days of a reason lie between 1900 and 2100.",
    )
    _order_bounds = models.Constraint("CHECK(sequence BETWEEN -1000000 AND 1000000)", "The order goes from -1,000,000 to 1,000,000.")

    @api.depends("kind", "holiday")
    @api.depends_context("company")
    def _compute_holiday_note(self):
        """What stands in the way of a holiday reason, or when it falls next."""
        country = self.env.company.country_id
        today = fields.Date.context_today(self)
        known = self.env["touch.reason"]._official_holidays(country.code, today.year) if country else {}
        for reason in self:
            days = sorted(day for day, name in known.items() if day >= today and occasions.is_named(name, reason.holiday or ""))
            if reason.kind != "holiday":
                reason.holiday_note = False
            elif not self.env["touch.reason"]._knows_holidays():
                reason.holiday_note = self.env._(
                    "Holidays are not known: the Python package “holidays” is missing on the server. Ask for: pip install holidays"
                )
            elif not country:
                reason.holiday_note = self.env._("Your company has no country: set it, so that its holidays are known.")
            elif not days:
                reason.holiday_note = self.env._("No official holiday of that name in %(country)s.", country=country.name)
            else:
                reason.holiday_note = self.env._(
                    "Next: %(date)s, %(holiday)s.", date=format_date(self.env, days[0]), holiday=known[days[0]]
                )

    @api.constrains("text")
    def _check_texts(self):
        for reason in self:
            self.env["touch.words"]._check_places(reason.name, reason.text)

    @api.model_create_multi
    def create(self, vals_list):
        reasons = super().create(vals_list)
        reasons._keep_materials()
        return reasons

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._keep_materials()
        if not {*KEPT_FIELDS, "beyond_cursor", "announced_date"}.issuperset(vals):
            self.env["touch.mark"]._retry_blocked([])
        return result

    def _keep_materials(self):
        for reason in self:
            reason.attachment_ids._touch_keep_for(reason)

    @shared
    def _full_name(self):
        """:return: the name, with the day on which a coupon or campaign ends; empty for no reason"""
        if self.valid_to and self.kind in CAMPAIGNS:
            return self.env._("%(reason)s (until %(date)s)", reason=self.name, date=format_date(self.env, self.valid_to))
        return self.name or ""

    # --------------------------------------------------------------
    # The filter
    # --------------------------------------------------------------

    def _filter_model(self):
        return "res.partner"

    def _filter_error(self, problem):
        return UserError(self.env._("The filter of reason “%(reason)s” cannot be used. %(problem)s", reason=self.name, problem=problem))

    def _problem_subject(self):
        return self.env._("Reason “%(reason)s” is suspended", reason=self.name)

    def _problem_effect(self):
        return "reason_aside"

    def _filter_problem(self):
        why = super()._filter_problem()
        if why:
            return why
        try:
            self._suits_stranger(self.company_id or self.env.company)
        except FilterProblem as problem:
            return problem.why
        return None

    def _suiting(self, clients, company):
        """For whom of a batch the reason is, by its filter, with the rights of who wrote it. A lead without a contact is a contact of whom
        nothing is known.

        :param clients: {partner, or an empty one for leads without a contact: set of client keys}
        :return: frozenset of client keys
        :raise FilterProblem: for a filter that cannot be used
        """
        ids = [partner.id for partner in clients if partner]
        found = self._filter_search(company, Domain("id", "in", ids)).ids if ids else []
        suiting = [keys for partner, keys in clients.items() if partner.id in found]
        stranger = clients.get(self.env["res.partner"])
        if stranger and self._suits_stranger(company):
            suiting.append(stranger)
        return frozenset().union(*suiting)

    def _suits_stranger(self, company):
        """:return: whether the filter holds for a contact of whom nothing is known"""
        env = self._filter_env(company)
        try:
            return bool(env["res.partner"].new().filtered_domain(self._filter_domain(env)))
        except (FilterProblem, *TRANSACTION_OVER):
            raise
        except Exception as error:
            raise FilterProblem([("filter_broken", {"error": str(error)})]) from error

    # --------------------------------------------------------------
    # Facts
    # --------------------------------------------------------------

    @shared
    def _method_reasons(self, clients, company):
        """The reasons as the method knows them, in their order. One whose filter cannot be used is set aside, and is none of them.

        :param clients: {partner: set of client keys} of the batch, for the reasons that have a filter
        """
        suiting = {}
        for reason in self.filtered("domain"):
            try:
                suiting[reason] = reason._suiting(clients, company)
            except FilterProblem as problem:
                reason._note_problem([*problem.why, (reason._problem_effect(), {})])
        return tuple(
            method_facts.Reason(
                id=reason.id,
                purpose=reason.purpose or None,
                temperatures=frozenset(degree for degree in method_facts.TEMPERATURES if reason[degree]),
                channels=frozenset(reason.channel_ids.mapped("touch_channel")),
                vip={"vip": True, "not_vip": False}.get(reason.audience),
                buyers={"only": True, "not": False}.get(reason.buyers),
                clients=suiting.get(reason),
                valid_from=reason.valid_from or None,
                valid_to=reason.valid_to or None,
                yearly=reason.recurrence == "yearly",
                repeatable=reason.recurrence == "again" and reason.kind == "next_step",
                campaign=reason.kind in CAMPAIGNS,
                occasion=reason.kind if reason.kind in method_facts.OCCASIONS else None,
                holiday=reason.holiday or "",
                missing=reason.for_missing or None,
                obstacles=frozenset(reason.obstacle_ids.ids),
                items=frozenset(reason.item_ids.ids),
                moment=reason.moment or "",
                offer=reason.kind == "detail",
                next_step=(reason.kind == "next_step" and reason.next_step_id.id) or None,
                kind=(reason.kind == "next_step" and reason.next_step_id.kind) or "",
            )
            for reason in self
            if not reason.domain or reason in suiting
        )
