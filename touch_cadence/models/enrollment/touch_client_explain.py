from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...method.plan.facts import UNDER_WAY


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    @api.depends_context("lang", "uid")
    def _compute_next_touch_why(self):
        # sudo: sentences only; a colleague's plan is said as well, without what he wrote in his own words
        enrollments = self.env["touch.enrollment"].sudo().search(self._touch_domain() & Domain("state", "in", UNDER_WAY))
        said = dict(zip(enrollments, (row["text"] for row in enrollments._explain())))
        # which run a sentence is about, where there are several, of one person: the title of a deal is told to who may read it
        named = {
            one.id: f"{one.lead_id.display_name} · {one.cadence_id.display_name}" if one.lead_id else one.display_name
            for one in enrollments.sudo(False)._filtered_access("read")
        }
        idle = self.browse()
        for client, its in self._touch_runs_of_each(enrollments):
            client.next_touch_why = "\n".join(
                self.env._("%(run)s: %(what)s", run=named[one.id], what=said[one]) if len(its) > 1 and one.id in named else said[one]
                for one in its
            )
            idle |= client if not its else self.browse()
        if idle:
            idle._touch_say_ended()

    def _touch_say_ended(self):
        """Of clients who are in no cadence: that nothing is planned, and how their last run ended, for who may read it."""
        over = self.env["touch.enrollment"].search(
            self._touch_domain() & Domain("state", "not in", UNDER_WAY), order="date_end DESC, id DESC"
        )
        for client, its in self._touch_runs_of_each(over):
            client.next_touch_why = self.env._("Not in a cadence: nothing is planned.")
            if its:
                last = its[0]
                values = {"cadence": last.cadence_id.name, "date": format_date(self.env, last.date_end), "why": last.why or ""}
                client.next_touch_why += " " + self.env._("“%(cadence)s” ended on %(date)s: %(why)s", **values)

    def _touch_runs_of_each(self, enrollments):
        """:return: pairs of these clients and those of the enrolments that are theirs, in their order"""
        grouped = {field: enrollments.grouped(field) for field in ("commercial_partner_id", "lead_id")}
        for client, (field, id_) in self._touch_owners().items():
            yield client, grouped[field].get(enrollments.env[enrollments._fields[field].comodel_name].browse(id_), enrollments.browse())
