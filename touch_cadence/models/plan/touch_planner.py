import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import groupby

from ...method.plan import workdays
from ...method.plan.decide import NO_WAY_OPEN
from ...method.plan.decision import HandOver, Keep, Stop, Touch, Wait

_logger = logging.getLogger(__name__)

NO_WAY_WHY = ((NO_WAY_OPEN, {}),)

# which method carries out which kind of decision, in this order: what ends or waits frees its place before another takes it
APPLIED_BY = {Stop: "_apply_stops", Wait: "_apply_waits", Keep: "_apply_keeps", Touch: "_apply_touches", HandOver: "_apply_hand_overs"}


class TouchPlanner(models.AbstractModel):
    """Carries out what was decided, a batch at a time: one method for each kind of decision."""

    _name = "touch.planner"
    _description = "Touch Planner"

    # --------------------------------------------------------------
    # Applying
    # --------------------------------------------------------------

    @api.model
    def _apply(self, decided):
        """Carry decisions out, in batch: decisions in, touches out.

        :param decided: list of (enrolment, facts, decision)
        :return: the touches that were planned or changed
        """
        by_kind = defaultdict(list)
        for entry in decided:
            by_kind[type(entry[2])].append(entry)
        unknown = by_kind.keys() - APPLIED_BY.keys()
        if unknown:
            raise TypeError(f"Nothing is known of how to carry out {sorted(kind.__name__ for kind in unknown)}")
        touches = self.env["touch.touch"]
        for kind, apply in APPLIED_BY.items():
            planned = by_kind[kind] and getattr(self, apply)(by_kind[kind])
            if planned:
                touches |= planned
        return touches

    @api.model
    def _enrollments_in(self, entries):
        return self.env["touch.enrollment"].union(*(entry[0] for entry in entries))

    def _apply_stops(self, entries):
        for _key, its in groupby(entries, lambda entry: repr(entry[2])):
            stop, ended = its[0][2], self._enrollments_in(its)
            if stop.temperature:  # first, so that what follows sees it
                for clients in (ended.lead_id, ended.filtered(lambda one: not one.lead_id).partner_id):
                    clients._touch_set_temperature(stop.temperature, f"warm_{stop.reason}")
            ended._stop(stop.state, stop.reason, why=stop.why)

    def _apply_waits(self, entries):
        self._enrollments_in(entry for entry in entries if entry[1].open_touch)._open_touches()._withdraw()
        now = fields.Datetime.now()
        for _key, its in groupby(entries, lambda entry: (entry[2].until, repr(entry[2].why), entry[1].zone)):
            _enrollment, fact, decision = its[0]
            next_date = False
            if decision.until:
                next_date = max(workdays.midnight(decision.until, fact.zone).replace(tzinfo=None), now + timedelta(hours=1))
            why = self.env["touch.words"]._store(decision.why)
            self._enrollments_in(its).write({"next_date": next_date, "why_data": why})

    def _apply_keeps(self, entries):
        self._enrollments_in(entries).filtered("next_date").write({"next_date": False})
        for rep, its in groupby(entries, lambda entry: entry[1].rep):
            self._enrollments_in(its)._set_responsible(rep)
        self._count_again(entries)
        self._tell_no_way(entries)

    def _tell_no_way(self, entries):
        """What came back closed the last way to a client: the planned touch says so until another way opens."""
        closed = self._enrollments_in(entry for entry in entries if entry[2].why == NO_WAY_WHY)
        back = self._enrollments_in(entry for entry in entries if entry[1].open_touch and entry[1].open_touch.returned)
        if not back:
            return
        touches = back._open_touches()
        waiting = touches.filtered(lambda touch: touch.enrollment_id in closed)
        # once a way is open again, the touch is decided anew
        waiting.write({"why_data": self.env["touch.words"]._store(NO_WAY_WHY), "outdated": True})
        (touches - waiting).filtered(lambda touch: touch._has_no_way()).why_data = False

    def _count_again(self, entries):
        """Touches came in between: the why of the one that stays tells how many warming ones there are by now."""
        warming = {enrollment: fact.history.warming for enrollment, fact, _decision in entries if fact.open_touch}
        if not warming:
            return
        for touch in self.env["touch.enrollment"].union(*warming)._open_touches():
            count = warming[touch.enrollment_id]
            why = [[code, {**its, "warming": count} if code == "warming_rhythm" else its] for code, its in touch.why_data or ()]
            if why and why != touch.why_data:
                touch.why_data = why  # into the cache; the database is written once for all

    def _apply_hand_overs(self, entries):
        """Give clients to the reps who are best for them, and plan on with these."""
        enrollments = self._enrollments_in(entries)
        chosen = self.env["res.users"]._touch_pick_reps([(entry[1].temperature, entry[2].successors) for entry in entries])
        why = [self.env["touch.words"]._say(entry[2].why) for entry in entries]
        enrollments._transfer_clients(self.env["res.users"].browse(chosen), why)
        self.env["touch.mark"]._mark(enrollments)

    def _apply_touches(self, entries):
        """:return: the touches that were planned or changed"""
        planned = self._enrollments_in(entries)
        planned.write({"state": "running", "next_date": False, "why_data": False})
        for rep, its in groupby(entries, lambda entry: entry[1].rep):
            self._enrollments_in(its)._set_responsible(rep)
        replaced = (
            {touch.enrollment_id: touch for touch in planned.filtered("touch_ids")._open_touches()}
            if any(entry[1].open_touch for entry in entries)
            else {}
        )
        vals_list, changed = [], []
        # sorted by rep, so that what is done once a rep is done once a batch
        for enrollment, fact, decision in sorted(entries, key=lambda entry: (entry[2].user or entry[1].rep, entry[0].id)):
            vals = self._decided_vals(fact, decision)
            if enrollment in replaced:
                changed.append((replaced[enrollment], self._forget_failure(replaced[enrollment], vals)))
            else:
                vals_list.append({**vals, **self._client_vals(enrollment)})
        touches = self.env["touch.touch"]
        touches.union(*(touch for touch, _vals in changed))._update_planned([vals for _touch, vals in changed])
        for vals, activity in zip(vals_list, touches._create_activities(vals_list)):
            vals["activity_id"] = activity.id
        return touches.create(vals_list).union(*replaced.values())

    def _forget_failure(self, touch, vals):
        """:return: new values of a planned touch: what could not be sent by one channel says nothing of another"""
        return vals if vals["channel"] == touch.channel else {**vals, "delivery": False, "failure": False}

    def _decided_vals(self, fact, decision):
        """:return: values of a touch, as they were decided"""
        return {
            "number": decision.number,
            "purpose": decision.purpose,
            "channel": decision.channel,
            "reason_id": decision.reason,
            "step_id": decision.step or False,
            "user_id": decision.user or fact.rep,
            "expert_id": decision.expert,
            "date_deadline": decision.day,
            "date_planned": decision.when.replace(tzinfo=None),
            "why_data": self.env["touch.words"]._store(decision.why),
            "temperature": fact.temperature,
            "outdated": False,
            **({} if decision.by_hand else {"own_reason": False}),
            **self._about(decision.about),
        }

    def _about(self, key):
        """:param key: of the agreed step that a touch belongs to, None for one that belongs to none
        :return: values of the touch"""
        kind, _colon, id_ = (key or "").partition(":")
        return {f"agreed_{name}_id": int(id_) if name == kind else False for name in ("touch", "event")}

    def _client_vals(self, enrollment):
        """:return: values of a new planned touch that are its enrolment's"""
        same = ("cadence_id", "company_id", "partner_id", "commercial_partner_id", "lead_id")
        return {
            **{name: enrollment[name].id for name in same},
            "enrollment_id": enrollment.id,
            "client_key": enrollment.client_key,
            "state": "planned",
        }
