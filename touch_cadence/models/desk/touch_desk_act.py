from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.arguments import choice, number, one_id, records, takes, text, values
from ..base.inside import telling, told

KEY_LENGTH = 100
# what is done there
ACTS = ("done", "skip", "snooze", "reassign", "pause")
# seconds for which a desk without a connection keeps what was done: seven days
MOST_AGO = 7 * 24 * 3600


class TouchDesk(models.AbstractModel):
    """What is done on the desk."""

    _inherit = "touch.desk"

    @api.model
    @takes(touch_id=one_id(), act=choice(*ACTS), values=values(note=text(), reason=text()), key=text(), ago=number())
    def act(self, touch_id, act, values=None, key=None, ago=0):
        """Do what the salesperson did on the desk. Sending the same act again changes nothing: a lost connection makes no duplicates.

        :param act: ``done`` (values: ``outcome_id``, and ``next_step_id`` and ``next_day`` where one was agreed, ``place`` where an expert comes to it, ``obstacle_id``, ``back`` and ``item_id`` of a "not now"), ``skip`` (``reason``), ``snooze`` (``until``, a day, and ``moment``, from which on), ``reassign`` (``user_id``)
            or ``pause`` (``until``; none: without an end); each with a ``note``, which stays with the touch
        :param key: identifies the act; an act with a known key was already done
        :param ago: seconds since the rep did it
        :return: dict: ``ok``, and ``message`` if there is something to say
        :raise UserError: if it cannot be done, with the reason
        :raise AccessError: if the user may not work touches
        """
        self.env["touch.touch"].check_access("write")
        # held acts arrive after the rep switched companies, too
        self = self.with_context(allowed_company_ids=self.env.user.company_ids.ids)
        values = values or {}
        acts = {
            "done": self._act_done,
            "skip": lambda touch, its: touch.skip(its.get("reason")),
            "snooze": lambda touch, its: touch.snooze(its.get("until"), its.get("moment")),
            "reassign": self._act_reassign,
            "pause": self._act_pause,
        }
        # whoever sends it a second time waits here until the first is through
        # SQL: a lock on one row by an id that was checked; nothing is told of it before it is seen whose it is
        self.env.execute_query(SQL("SELECT id FROM touch_touch WHERE id = %s FOR UPDATE", touch_id))
        touch = self.env["touch.touch"].browse(touch_id).exists()
        kept = touch.sudo()  # sudo: whose it is and was, before anything of it is told
        theirs = self.env.user in kept.user_id | kept.handed_from_id and kept.company_id in self.env.user.company_ids
        if not touch or not theirs:
            return {"ok": False, "message": self._gone(touch_id)}
        if key and kept.desk_key == key[:KEY_LENGTH]:
            return {"ok": True, "message": ""}
        kept.desk_key = key and key[:KEY_LENGTH]
        now = fields.Datetime.now()
        made = max(now - timedelta(seconds=min(max(ago, 0), MOST_AGO)), kept.create_date.replace(microsecond=0))
        touch = touch.with_company(kept.company_id).with_context(touch_date_done=telling(min(made, now)))
        if touch.has_access("write") and touch._to_answer() and touch.user_id == self.env.user:
            if act != "done":
                kept._add_note(values.get("note"))
            acts[act](touch, values)
            return {"ok": True, "message": touch._expert_told() if act == "done" else ""}
        return self._too_late(touch, act, values)

    def _act_done(self, touch, values):
        asked = ("outcome_id", "note", "next_step_id", "next_day", "obstacle_id", "back", "item_id", "place")
        touch.done(*(values.get(name) for name in asked))

    def _act_pause(self, touch, values):
        # sudo: who has the touch may pause, also a colleague to whom only the touch was given
        run = touch._for_worker().enrollment_id
        if not run:
            raise UserError(self.env._("%(client)s is not in a cadence: there is nothing to pause.", client=touch.client_name))
        run.action_pause(until=values.get("until"))

    def _act_reassign(self, touch, values):
        user = records("res.users")(self.env, "user_id", values.get("user_id"))
        touch._check_taker(user)
        touch._reassign(user)

    def _too_late(self, touch, act, values):
        """Something happened to the rep's touch before the act arrived. What the rep did is not lost."""
        # sudo: it is or was the user's touch, as act() has seen
        kept = touch.sudo()
        chosen = values.get("outcome_id")
        outcome = (
            records("touch.outcome")(self.env, "outcome_id", chosen) if chosen else self.env["touch.outcome"]._default_outcome(kept.channel)
        )
        note = values.get("note")
        if act != "done":
            kept._add_note(note)
            as_asked = kept.state == {"skip": "skipped"}.get(act) or (act == "pause" and kept.enrollment_id.state == "paused")
            return {"ok": as_asked, "message": "" if as_asked else self._gone(touch.id)}
        if kept.state == "done" and kept.user_id == self.env.user:
            kept._add_note(note)
            return {"ok": kept.outcome_id == outcome, "message": "" if kept.outcome_id == outcome else self._gone(touch.id)}
        # it was made all the same: it counts as one that nobody had planned
        message = self.env._("The plan had changed in the meantime: your touch was logged separately.")
        if not self.env["touch.touch"]._may_end(kept._client_record(), outcome):
            # what a colleague works by now is ended by that colleague
            message = self.env._(
                "A colleague now works this client: your touch was logged without “%(outcome)s”, which would have ended the colleague's "
                "enrolment.",
                outcome=outcome.name,
            )
            note = "\n".join(part for part in (outcome.name, note) if part)
            outcome = self.env["touch.outcome"]._default_outcome(kept.channel)
        kept._client_record().log_touch(
            {
                "channel": kept.channel,
                "purpose": kept.purpose,
                "reason_id": kept.reason_id.id,
                "direction": "out",
                "outcome_id": outcome.id,
                "note": note,
                "date_done": told(touch.env, "touch_date_done"),
                **{
                    name: values[asked]
                    for name, asked in (
                        ("agreed_step_id", "next_step_id"),
                        ("agreed_date", "next_day"),
                        ("obstacle_id", "obstacle_id"),
                        ("back_date", "back"),
                        ("item_id", "item_id"),
                    )
                    if values.get(asked)
                },
            }
        )
        return {"ok": True, "message": message}
