from collections import Counter, defaultdict
from datetime import timedelta

from markupsafe import Markup
from odoo import api, models
from odoo.tools import groupby

from ...method.plan import facts as method_facts
from ...method.plan import hand_over, workdays, workload
from ..base.rooms import shared
from ..base.system import as_system
from .touch_cadence_begin import DAYS_TOLD, WITHIN


class ResUsers(models.Model):
    _inherit = "res.users"

    @shared
    @api.model
    def _touch_pick_reps(self, needs):
        """Who takes which client over, by strength and by the clients whom each works already (R21).

        :param needs: list of (temperature, ids of the users who may take the client)
        :return: a user's id each, None where nobody may
        """
        users = self.browse(frozenset().union(*(may for _temperature, may in needs)))
        load = dict(
            self.env["touch.enrollment"]._read_group(
                [("user_id", "in", users.ids), ("state", "in", method_facts.ACTIVE_STATES)], ["user_id"], ["__count"]
            )
        )
        return hand_over.assign(needs, [hand_over.Candidate(user.id, user.touch_strength or None, load.get(user, 0)) for user in users])

    def _touch_tell(self, enrollments, gets):
        """Tell a rep, in one message, which clients were handed over.

        :param gets: whether the rep gets them, or gives them away
        """
        self.ensure_one()
        local = self.with_context(lang=self.lang)
        subject = local.env._("Clients for you") if gets else local.env._("Clients handed over")
        text = (
            local.env._("These clients are yours from now on; you find their history in their touches:")
            if gets
            else local.env._("These clients are worked by a colleague from now on:")
        )
        names = Markup("").join(Markup("<li>%s</li>") % enrollment._client_name() for enrollment in enrollments)
        self.env["mail.thread"].message_notify(
            partner_ids=self.partner_id.ids, subject=subject, body=Markup("<p>%s</p><ul>%s</ul>") % (text, names)
        )


class TouchEnrollment(models.Model):
    """Other reps take clients over (R21)."""

    _inherit = "touch.enrollment"

    @shared
    def _set_responsible(self, rep):
        """Follow a change of the responsible: the enrolment and its planned touch go to ``rep``. A touch that somebody gave to a
        colleague by hand stays there until the responsible changes.

        :param rep: a user's id, or None for nobody
        """
        moved = self.filtered(lambda one: one.user_id.id != rep) if rep else self.browse()
        touches = moved.filtered("user_id")._open_touches()
        moved.write({"user_id": rep})
        touches._reassign(self.env["res.users"].browse(rep))

    @shared
    def _transfer_clients(self, users, why):
        """Other reps take these clients over: from now on they are the salespeople of the lead or contact. The history stays; the reps who
        give clients away are told, and so are those who get them, once each (R21).

        :param users: the new rep of each enrolment, as a recordset in order
        :param why: the sentence that says why, one each
        """
        before = {enrollment: enrollment.user_id or enrollment._client_record().user_id for enrollment in self}
        quiet = {"mail_auto_subscribe_no_notify": True}
        moves = list(zip(self, users, why))
        for (user, model), its in groupby(moves, lambda move: (move[1], move[0]._client_record()._name)):
            records = self.env[model].browse(move[0]._client_record().id for move in its)
            records.with_context(**quiet).write({"user_id": user.id})
            records._message_log_batch(bodies={move[0]._client_record().id: move[2] for move in its})
        told = defaultdict(list)
        for enrollment, user, _why in moves:
            told[before[enrollment], False].append(enrollment)
            told[user, True].append(enrollment)
        for (user, gets), its in told.items():
            if user and user.active and user != self.env.user:
                user._touch_tell(its, gets)

    @shared
    def _hand_over(self, user=None):
        """Hand the clients over to ``user``, or each to the colleague of the team who fits best by strength and load.

        :return: the enrolments that were handed over; where nobody is found the client stays where he is
        """
        enrollments = self.with_env(as_system(self.env))
        takers = enrollments._possible_reps(user)
        found = enrollments.env["res.users"]._touch_pick_reps([(one.temperature or "cold", takers[one.id]) for one in enrollments])
        going = enrollments.browse(one.id for one, rep in zip(enrollments, found) if rep)
        chosen = [rep for rep in found if rep]
        why = self.env["touch.words"]._say([("handed_by", {"user": self.env.user.name})])
        going._transfer_clients(self.env["res.users"].browse(chosen), [why] * len(going))
        # also those whom no review reaches, since they are paused, or whose next touch is far
        responsible = going._get_responsible()
        for rep, its in groupby(going, lambda one: responsible[one.id].id or None):
            going.browse().union(*its)._set_responsible(rep)
        self.env["touch.mark"]._mark(going)
        return going.with_env(self.env)

    @shared
    def _loads_of_taker(self, user):
        """:return: the row of ``user`` as of :meth:`touch.cadence._loads`: the planned touches of these runs, added to the user's own"""
        system = as_system(self.env)
        facts, company = system["touch.facts"], self.company_id[:1].with_env(system)
        today = company._touch_today()
        calendar = company.resource_calendar_id
        last = today + timedelta(days=WITHIN)
        shared_days = facts._shared_days(calendar, company.id, today, last)
        taker = user.with_env(system)
        own = facts._days_of_users(taker, company.id, calendar, shared_days, today, last)[user.id].days
        new = Counter(max(touch.date_deadline, today) for touch in self._open_touches() if touch.user_id != user)
        known = facts._read_load(user.ids, workdays.midnight(today, company._touch_clock()), today).get(user.id, {})
        days = workload.days(new, known, today, own, taker._touches_per_day(), DAYS_TOLD)
        return [{"name": user.name, "clients": len(self), "per_day": taker._touches_per_day(), "days": days}]

    def _possible_reps(self, user=None):
        """:param user: the one who is to take them over; None: any colleague in the team who did not work the client yet
        :return: {enrolment id: frozenset of the users who may}"""
        system = as_system(self.env)
        enrollments = self.with_env(system)
        if user:
            may = {one: one._client_record().user_id != user and one.company_id in user.company_ids for one in enrollments}
            return {one.id: frozenset(user.ids if may[one] else ()) for one in enrollments}
        return system["touch.facts"]._read_successors(
            system["touch.client"]._subjects_of_enrollments(enrollments), enrollments._get_responsible()
        )
