from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...method.client import losses
from ..base.arguments import takes
from ..base.inside import says
from ..base.names import MANAGER, SALES
from ..base.rooms import shared
from ..client.crm_lead import CLOSING

KIND = "touch_cadence.mail_activity_type_lost"
OPEN, EXPLAINED, AGREED = ("open", "explained", "agreed")
# days in which the night sees what nobody told: deals that were lost behind our back
SEEN_DAYS = 7


class Loss(NamedTuple):
    """How far a deal got: touches that count in its approach, and how many its cadence aims at."""

    made: int
    target: int
    early: bool


class CrmLead(models.Model):
    """Deals that are lost before the target of touches (R3, R47). No write is refused: what was given up early is shown."""

    _inherit = "crm.lead"

    lost_early = fields.Selection(
        [(OPEN, "To agree"), (EXPLAINED, "With a reason"), (AGREED, "Agreed")],
        readonly=True,
        copy=False,
        groups=SALES,
        index="btree_not_null",
        help="The deal was lost before the target of touches of its cadence, without a clear no of the client.",
    )
    lost_touches = fields.Integer(string="Touches until Lost", readonly=True, copy=False, groups=SALES, aggregator="avg")
    lost_target = fields.Integer(
        string="Target when Lost", readonly=True, copy=False, groups=SALES, aggregator="avg", help="0: the deal was in no cadence."
    )
    lost_told = fields.Boolean(string="Leader Was Asked", readonly=True, copy=False, groups=SALES)

    _lost_numbers = models.Constraint(
        "CHECK(lost_touches BETWEEN 0 AND 1000000 AND lost_target BETWEEN 0 AND 1000)",
        "A lost deal has 0 to 1,000,000 touches and a target of 0 to 1,000.",
    )

    def write(self, vals):
        watched = not CLOSING.isdisjoint(vals) and self.env["touch.presence"]._in_use()
        before = self.filtered(lambda lead: lead.won_status == "lost") if watched else self.browse()
        result = super().write(vals)
        if watched:
            lost = self.filtered(lambda lead: lead.won_status == "lost")
            # sudo: how a deal was worked is seen whoever loses it, and written here only
            (before - lost).sudo()._touch_forget_losses()
            (lost - before).sudo()._touch_see_losses(explained=says(self.env, "touch_lost_explained"))
        return result

    @shared
    def _touch_losses(self):
        """:return: {deal: Loss} of those that were in a cadence, for now"""
        system = self.sudo()  # sudo: touches and runs of every rep count
        runs = system.env["touch.enrollment"].search([("lead_id", "in", self.ids)])
        last = {}
        for lead, its in runs.grouped("lead_id").items():
            known = [losses.Run(run.id, run.date_start, run.date_end or None, run.stop_reason or None) for run in its]
            if found := losses.last_run(known, fields.Date.context_today(self)):
                last[lead] = runs.browse(found.id)
        counted = runs.browse(run.id for run in last.values())
        earlier = self.env["touch.facts"]._read_approaches(self.env["touch.client"]._subjects_of_enrollments(counted))
        result = {}
        for run, before in zip(counted, earlier):
            made = sum((run | run.browse(before)).mapped("touch_count"))
            found = Loss(made, run.cadence_id.target, losses.is_early(made, run.cadence_id.target, run.stop_reason or None))
            result[self.browse(run.lead_id.id)] = found
        return result

    def _touch_see_losses(self, explained=False):
        """These deals are lost: keep how far they got, and ask the leaders of those that were given up early.

        :param explained: whoever loses them says why, as the dialog asks
        :return: how many were in a cadence
        """
        found = defaultdict(list)
        for lead, loss in (self._touch_losses() if self else {}).items():
            found[loss].append(lead.id)
        for loss, ids in found.items():
            early = loss.early and (EXPLAINED if explained else OPEN)
            self.browse(ids).write({"lost_touches": loss.made, "lost_target": loss.target, "lost_early": early, "lost_told": False})
        self._touch_ask_leaders()
        return sum(map(len, found.values()))

    def _touch_forget_losses(self):
        """These deals are open again: what was asked is answered."""
        asked = self.filtered(lambda lead: lead.lost_target or lead.lost_early)
        asked.filtered("lost_told").activity_unlink([KIND], only_automated=False)
        asked.write({"lost_early": False, "lost_touches": 0, "lost_target": 0, "lost_told": False})

    def _touch_ask_leaders(self):
        """Ask the leaders of teams whose deals were given up early to agree, or to open them again: once a deal, where the company wants it."""
        kind = self.env.ref(KIND, raise_if_not_found=False)
        asking = self.filtered(
            lambda lead: (
                lead.lost_early == OPEN
                and not lead.lost_told
                and (lead.company_id or self.env.company).touch_lost_agree
                and lead.team_id.user_id.active
            )
        )
        if not asking or not kind:
            return
        asking.lost_told = True
        # whoever leads the team, and loses the deal himself, knows
        told = asking.filtered(lambda lead: lead.team_id.user_id != self.env.user)
        # the leader is told by the list of his activities, not by a mail each
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                    "activity_type_id": kind.id,
                    "summary": lead._touch_lost_words(lead.team_id.user_id.lang),
                    "user_id": lead.team_id.user_id.id,
                    "date_deadline": fields.Date.context_today(self),
                }
                for lead in told
            ]
        )

    def _touch_lost_words(self, lang):
        local = self.with_context(lang=lang)
        return local.env._(
            "Lost after %(made)s of %(target)s touches: agree, or reopen the deal", made=self.lost_touches, target=self.lost_target
        )

    @shared
    @api.model
    def _touch_see_losses_next(self, limit=500):
        """See deals that were lost behind our back, and ask leaders who were not there at the time; once a night.

        :return: how many there were; 0 when nobody is left
        """
        since = fields.Date.context_today(self) - timedelta(days=SEEN_DAYS)
        lost = Domain("won_status", "=", "lost") & Domain("active", "in", (True, False))
        unseen = self.search(
            lost
            & Domain("lost_target", "=", 0)
            & Domain("enrollment_ids", "any", [("stop_reason", "=", "lost"), ("date_end", ">=", since)]),
            limit=limit,
        )
        seen = unseen._touch_see_losses()
        companies = self.env["res.company"].search([("touch_lost_agree", "=", True)])
        untold = lost & Domain("lost_early", "=", OPEN) & Domain("lost_told", "=", False) & Domain("date_closed", ">=", since)
        untold &= Domain("company_id", "in", (False, *companies.ids)) & Domain("team_id.user_id.active", "=", True)
        waiting = self.search(untold, limit=limit) if companies else self.browse()
        waiting._touch_ask_leaders()
        return seen + len(waiting.filtered("lost_told"))

    # --------------------------------------------------------------
    # Actions
    # --------------------------------------------------------------

    def _touch_may_agree(self):
        """:return: those of the deals to whose loss the user may agree: he leads the team, or all sales"""
        if self.env.su or self.env.user.has_group(MANAGER):
            return self
        # sudo: who leads a team is asked of deals that their activity alone may show
        return self.filtered(lambda lead: lead.sudo().team_id.user_id == self.env.user)

    @takes()
    def action_touch_agree_lost(self):
        """The leader agrees that these deals were given up early. The others of the selection stay as they are.

        :raise AccessError: for who neither leads the team of one of them, nor all sales
        """
        self.check_access("read")
        given = self.filtered(lambda lead: lead.lost_early == OPEN)
        foreign = (given - given._touch_may_agree())[:1]
        if foreign:
            raise AccessError(
                self.env._("Only the team leader or a sales manager can agree that “%(deal)s” was given up.", deal=foreign.name)
            )
        given._touch_agree()
        return True

    def _touch_agree(self):
        system = self.sudo()  # sudo: written here only, of deals to which the user may agree
        system.lost_early = AGREED
        system.activity_feedback([KIND], only_automated=False)


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Who marks the question as done has agreed. Where he may not, the leader is asked again by the night."""
        kind = self.env.ref(KIND, raise_if_not_found=False)
        asked = self.filtered(lambda one: kind and one.activity_type_id == kind and one.res_model == "crm.lead")
        leads = self.env["crm.lead"].browse(asked.mapped("res_id")).exists()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if leads:
            agreed = leads._touch_may_agree()
            # sudo: written here only, of deals to which the user may agree, and of those to which he may not
            agreed.sudo().filtered(lambda lead: lead.lost_early == OPEN).lost_early = AGREED
            (leads - agreed).sudo().filtered(lambda lead: lead.lost_early == OPEN).lost_told = False
        return result
