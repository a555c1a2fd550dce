from odoo import api, models

from ...method.plan.facts import UNDER_WAY
from ..base.rooms import shared
from ..base.touch_mark import door
from ..client.crm_lead import CLOSING
from ..enrollment.touch_enrollment import OVER


class TouchClientMixin(models.AbstractModel):
    _inherit = "touch.client.mixin"

    # reasons of a stop that are taken back when the client is open again
    _touch_over = ("archived",)

    def _touch_work_again(self, enrollments):
        """What had ended the runs of these clients is taken back (a deal is open again, a contact restored): they go on where they were, in
        the cadence in force. What followed gives way, and a deal ends the rest that its loss had begun.

        :param enrollments: of these clients, whatever their state
        """
        last = {}
        for one in enrollments.sorted("id"):
            last[one._client_record()] = one
        over = enrollments.browse().union(*last.values()).filtered(lambda one: one.stop_reason in self._touch_over)
        for (cadence, company, model), its in over.grouped(
            lambda one: (one.cadence_id._current_version(), one.company_id, one._client_record()._name)
        ).items():
            clients = its._client_records(model)
            cadence = cadence.with_company(company)
            left_out = clients - cadence._work_again(its)._client_records(model)
            for client, why in cadence._exclusion_reasons(left_out).items() if left_out else ():  # few: restored at one go
                if why:
                    client._message_log(
                        body=self.env._("Not enrolled again in cadence “%(cadence)s”: %(why)s", cadence=cadence.name, why=why)
                    )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    _touch_over = OVER

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        # also a deal that is entered as won is a purchase, from that moment on (R22)
        won = leads.filtered(lambda lead: lead.won_status == "won" and lead.partner_id)
        if won and self.env["touch.presence"]._in_use():
            buyers = won.sudo().partner_id  # sudo: as in write()
            buyers._touch_see_purchases(buyers)
        return leads

    def write(self, vals):
        if vals.get("partner_id") and not self.env.su:
            # what is learnt of a deal is written to its contact with all rights: it is one that the user may see
            self.env["res.partner"].browse(vals["partner_id"]).check_access("read")
        closing = not CLOSING.isdisjoint(vals) and self.env["touch.presence"]._in_use()
        before = {lead for lead in self if lead.won_status == "won"} if closing else set()
        closed = self.filtered(lambda lead: not lead._touch_is_open()) if closing else self.browse()
        result = super().write(vals)
        if closing:
            changed = self.filtered(lambda lead: (lead.won_status == "won") != (lead in before))
            buyers = changed.sudo().partner_id  # sudo: what a client buys is seen whoever sold it
            if buyers:
                buyers._touch_see_purchases(buyers)
        if again := closed.filtered(lambda lead: lead._touch_is_open()):
            # sudo: the run may be another rep's, and whoever opens the deal again has it worked again
            again = again.sudo()
            again._touch_work_again(self.env["touch.enrollment"].sudo().search([("lead_id", "in", again.ids)]))
        if "partner_id" in vals and self.env["touch.presence"]._in_use():
            self.env["touch.enrollment"]._update_client_keys([("lead_id", "in", self.ids)], {"partner_id": vals["partner_id"]})
        return result

    def action_set_lost(self, **additional_values):
        """Odoo archives a lost deal first and marks it lost a moment later. We decide when both are done."""
        with door(self.env):
            return super().action_set_lost(**additional_values)

    def action_set_won(self):
        with door(self.env):
            return super().action_set_won()

    @api.ondelete(at_uninstall=False)
    def _stop_touches(self):
        """A lead that goes takes its plans with it; what was done stays with its contact. Where there is none it becomes anonymous, and so
        do judgements and bookings: the counts stay."""
        used = self.env["touch.presence"]._in_use()
        if used:
            its = self.env["touch.touch"].sudo().search([("lead_id", "in", self.ids), ("expert_id", "!=", False)])  # sudo: of any rep
            self.env["touch.expert.booking"]._keep_touch_counts(its)
        rows = self._touch_forget_route()
        if used:
            enrollments = self.env["touch.enrollment"].sudo().search([("lead_id", "in", self.ids)])  # sudo: of any rep
            enrollments.filtered(lambda one: one.state in UNDER_WAY)._stop("stopped", "removed")
            touches = self.env["touch.touch"].sudo().search([("lead_id", "in", self.ids), ("partner_id", "=", False)])  # sudo: of any rep
            runs = enrollments.filtered(lambda one: not one.partner_id)
            rows += len(touches) + len(runs)
            runs._anonymise()
            touches.filtered("client_key")._anonymise()
        if rows:
            self.env["touch.privacy.log"]._write_line("removed", clients=len(self), rows=rows)

    def _merge_dependences(self, opportunities):
        """The leads merged into this one bring their enrolments and touches along; one enrolment goes on (invariant 9)."""
        merged = (self | opportunities).sudo()._touch_merged()  # sudo: values of the leads themselves
        result = super()._merge_dependences(opportunities)
        if self.env["touch.presence"]._in_use():
            self.env["touch.enrollment"]._update_client_keys([("lead_id", "in", (self | opportunities).ids)], {"lead_id": self.id})
        self._touch_write_merged(merged)
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # whose contact somebody is says whose enrolment it is
        moving = self.browse() if {"parent_id", "is_company"}.isdisjoint(vals) or not self.env["touch.presence"]._in_use() else self
        before = moving.commercial_partner_id
        away = self.filtered(lambda one: not one.active) if vals.get("active") and self.env["touch.presence"]._in_use() else self.browse()
        result = super().write(vals)
        if away:
            # sudo: the runs may be other reps', and whoever restores a contact has them go on
            found = self.env["touch.enrollment"].sudo().search([("partner_id", "in", away.ids)])
            away.sudo()._touch_work_again(found)
        if moving:
            (before | moving | moving.commercial_partner_id)._touch_update_client_keys()
        return result

    def unlink(self):
        """A deleted contact's own touches become anonymous, so that the counts stay. Touches of a deal stay with the deal, and touches of
        the company's other contacts stay with these contacts."""
        if not self.env["touch.presence"]._in_use():
            return super().unlink()
        self.check_access("unlink")  # before touches go with all rights
        left = self.search([("id", "child_of", self.ids), ("id", "not in", self.ids)])
        own = [("partner_id", "in", self.ids), ("lead_id", "=", False)]
        enrollments = self.env["touch.enrollment"].sudo().search(own)  # sudo: of every rep
        enrollments.filtered(lambda one: one.state in UNDER_WAY)._stop("stopped", "removed")
        touches = self.env["touch.touch"].sudo().search(own)  # sudo: of every rep
        if touches or enrollments:
            self.env["touch.privacy.log"]._write_line("removed", clients=len(self), rows=len(touches) + len(enrollments))
        enrollments._anonymise()
        touches.filtered("client_key")._anonymise()
        self.env["touch.enrollment"]._update_client_keys([("partner_id", "in", self.ids)], {"partner_id": False})
        result = super().unlink()
        left.exists()._touch_update_client_keys()
        return result

    @shared
    def _touch_update_client_keys(self):
        """Put enrolments and touches under the client they belong to now (invariant 9)."""
        domain = ["|", ("partner_id", "in", self.ids), ("commercial_partner_id", "in", self.ids)]
        self.env["touch.enrollment"]._update_client_keys(domain)
