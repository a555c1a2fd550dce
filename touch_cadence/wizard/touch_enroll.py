from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.background.touch_bulk_mixin import DAY, LONG_DAY
from ..models.background.touch_job import AT_ONCE
from ..models.base.arguments import ids, single, takes
from ..models.base.names import ALL_DOCUMENTS
from ..models.enrollment.touch_cadence_begin import Beginning

# who waits is named up to this many; the count says how many there are
WAITING_NAMED = 10
# salespeople whose days are shown
REPS_SHOWN = 10
# first touches a day that are proposed, and from so many clients on they are spread (R61)
PER_DAY = 10
# address of the desk
DESK = "/odoo/touch-desk"
# days ahead within which a cadence can begin
MOST_AHEAD = 365


class TouchEnroll(models.TransientModel):
    _name = "touch.enroll"
    _inherit = "touch.bulk.mixin"
    _description = "Enrol Clients in a Cadence"

    cadence_id = fields.Many2one("touch.cadence", required=True)
    enrolled_count = fields.Integer(related="do_count", string="Will be Enrolled")
    date_start = fields.Date(string="Begin on", help="No first touch falls before this day. Empty: today. Hot clients are touched at once.")
    spread = fields.Boolean(
        string="Spread the First Touches",
        help="A few clients begin each day, so that their next touches are spread, too. Hot clients are touched at once.",
    )
    per_day = fields.Integer(string="First Touches a Day", default=PER_DAY, help="For each salesperson and working day.")
    once_an_address = fields.Boolean(
        string="One per Shared Address",
        help="People of different names share a mail address or phone number: only one of them is enrolled.",
    )
    has_shared = fields.Boolean(compute="_compute_preview")
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson, if None Yet",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user if self.env.user.active else self.env["res.users"],
        help="Becomes the salesperson of the clients for whom nobody is responsible. Empty: their touches wait until somebody is.",
    )
    has_nobody = fields.Boolean(compute="_compute_preview")

    _bounds = models.Constraint(
        "CHECK(per_day BETWEEN 1 AND 1000 AND date_start BETWEEN '1900-01-01' AND '2100-12-31')",
        "Each salesperson begins with 1 to 1,000 clients a day.",
    )

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        if "cadence_id" in fields_list and not defaults.get("cadence_id"):
            model = defaults.get("model")
            if model in self._models():
                chosen = self.env[model].browse(ids()(self.env, "res_ids", defaults.get("res_ids") or []))
                defaults["cadence_id"] = self.env["touch.cadence"]._suggest_for(chosen).id
        if "spread" in fields_list and "spread" not in defaults:
            # more are fitted into the days by what each of these takes
            defaults["spread"] = PER_DAY < len(defaults.get("res_ids") or ()) <= AT_ONCE
        return defaults

    def _preview_fields(self):
        return ("cadence_id", "date_start", "spread", "per_day", "once_an_address", "user_id")

    def _beginning(self):
        return Beginning(self.date_start or None, max(self.per_day, 1) if self.spread else 0, self.once_an_address, self._taker().id)

    def _check(self):
        today = fields.Date.context_today(self)
        if self.date_start and self.date_start > today + timedelta(days=MOST_AHEAD):
            raise UserError(
                self.env._("A cadence cannot begin on %(date)s: choose a day within a year.", date=format_date(self.env, self.date_start))
            )
        if self.user_id and not self._taker():
            raise UserError(self.env._("%(user)s cannot sell in this company: choose a colleague who can.", user=self.user_id.name))

    def _taker(self):
        """:return: the chosen salesperson, where he can be one; of others nothing is told, not even how much they have to do"""
        # sudo: of which companies a colleague is
        return self.user_id.sudo().filtered(lambda one: one.active and not one.share and self.env.company in one.company_ids)

    def _exclusion_reasons(self, records):
        if not self.cadence_id:
            return {}, records
        why = self.cadence_id._exclusion_reasons(records, once_an_address=self.once_an_address)
        left_out = {client: reason for client, reason in why.items() if reason}
        return left_out, records.filtered(lambda client: client not in left_out)

    def _compute_preview(self):
        self.has_shared = self.has_nobody = False
        return super()._compute_preview()

    def _look(self, records):
        if not self.cadence_id or not records:
            return super()._look(records)
        seen = self.cadence_id._foresee(records, self._beginning())
        self.has_shared = bool(seen.shared) or self.once_an_address
        self.has_nobody = bool(seen.of_nobody)
        return seen.left_out, {
            "note": self._say_waiting(seen.waiting),
            "twins": seen.twins,
            "shared": seen.shared,
            "companies": seen.companies,
            "last": self._say_last(seen),
            "loads": self._load_rows(seen.loads[:REPS_SHOWN]) if len(records) > 1 else [],
            "more_loads": max(len(seen.loads) - REPS_SHOWN, 0),
            "full": any(day.is_over for row in seen.loads for day in row["days"]),
        }

    def _say_last(self, seen):
        if not seen.last:
            return ""
        day = format_date(self.env, seen.last, date_format=DAY)
        wait = self.cadence_id._days_before_first_touch()
        if not self.spread:
            if wait:
                return self.env._(
                    "Clients begin on %(date)s; the first touch follows %(days)s working days later, for hot clients sooner.",
                    date=day,
                    days=wait,
                )
            return self.env._("The first touches fall on %(date)s or later.", date=day)
        count = self._number(self.per_day)
        if wait:
            return self.env._(
                "Up to %(count)s clients begin a day for each salesperson, the last ones on %(date)s; the first touch follows %(days)s working days "
                "later, for hot clients sooner.",
                count=count,
                date=day,
                days=wait,
            )
        return self.env._(
            "The first touches are spread: up to %(count)s clients begin a day for each salesperson, the last ones on %(date)s.",
            count=count,
            date=day,
        )

    def _say_waiting(self, waits):
        if not waits:
            return ""
        named = [f"{client.display_name}: {when}" for client, when in waits.items()][:WAITING_NAMED]
        return self.env._("Waiting: %(count)s. %(named)s", count=self._number(len(waits)), named=" ".join(named))

    def _act(self, fit):
        if self.user_id and (left := self.cadence_id._of_nobody(fit)):
            left._filtered_access("write").write({"user_id": self.user_id.id})
        return self.cadence_id._enroll(fit, begin=self._beginning())[1]

    def _title(self):
        return self.env._("Enrol in “%(cadence)s”", cadence=self.cadence_id.name)

    def _told(self, done, total):
        return self.env._("%(enrolled)s of %(all)s clients are enrolled.", enrolled=done, all=total)

    def _came_of(self, fit):
        """Say when the first touches are due, and lead to where they are worked."""
        self.env["touch.mark"]._decide_marked()  # they are planned on leaving; here their day is told
        planned = [("state", "=", "planned"), ("cadence_id", "=", self.cadence_id.id)]
        of_these = ("lead_id" if self.model == "crm.lead" else "partner_id", "in", fit.ids)
        # sudo: a day, and whether the user has any; who enrols a colleague's client may not see his touches
        touches = self.env["touch.touch"].sudo()
        [(day, users)] = touches._read_group([*planned, of_these], aggregates=["date_deadline:min", "user_id:array_agg_distinct"])
        if not day:
            return "", None
        if self.env.uid in users:
            link = self.env._("Open My Desk"), DESK
        else:  # the touches are others': who leads people sees them there
            link = (self.env._("Open Team"), "/odoo/touch-team") if self.env.user.has_group(ALL_DOCUMENTS) else None
        if day <= fields.Date.context_today(self):
            return self.env._("The first touches are due today."), link
        return self.env._("The first touches are due on %(date)s.", date=format_date(self.env, day, date_format=LONG_DAY)), link

    @takes(self=single())
    def action_enroll(self):
        is_first = not self.env["touch.presence"]._in_use()
        action = self._begin()
        if is_first and DESK in [link["url"] for link in action["params"]["links"]]:
            # the very first ones lead to where they are worked
            action["params"]["next"] = self.env["ir.actions.client"]._for_xml_id("touch_cadence.touch_desk_action")
        return action
