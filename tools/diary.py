"""Lives the characters day by day through the real crons, and tells their stories. Runs in an Odoo shell (tools/diary)."""

import argparse
import inspect
import os
import pathlib
import random
import textwrap
import time
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from unittest.mock import patch

import characters
from freezegun import freeze_time
from odoo.addons.touch_cadence.method import sense
from odoo.addons.touch_cadence.tests.stories import Stories
from odoo.exceptions import RedirectWarning, UserError
from odoo.sql_db import Cursor

MONDAY = date(2026, 9, 7)
DAYS = 200
# a wait that is longer is explained, in days
LONG = 7
HOLIDAYS = {"Christmas": (date(2026, 12, 25), date(2026, 12, 25)), "New Year": (date(2027, 1, 1), date(2027, 1, 1))}
WIDTH = 150
# weekdays on which the expert has time: Tuesday and Thursday
EXPERT_DAYS = (1, 3)
# steps for which people come together
MEETING_KINDS = ("meeting", "viewing", "audit", "consultation")
LEGEND = """How to read this. Each story is one client, from the first day on. A line with a number is a touch: by which channel, what for, about what; in
brackets who made it, how warm the client was then, and the cadence; behind the arrow what came of it; below it why the planner chose it. A call
that nobody answers is no touch: the next try keeps its number.
  ++ a cadence begins   == a cadence ends   ~~ the client turned warmer or colder   << the client comes to us   ** something happens
  .. a long time without a touch, and why   !! what the method itself finds senseless
"""


class World:
    """The company: four salespeople of one team, their leader, an expert, and a colleague who is beside them for leave."""

    def __init__(self, env):
        self.env = env
        # days as people all over the world read them: 10 Sep 2026
        env["res.lang"].search([]).write({"date_format": "%d %b %Y"})
        env.company.write({"country_id": env.ref("base.be").id})
        env.company.resource_calendar_id.tz = "UTC"
        self.reps = [self.user(name, "sales_team.group_sale_salesman") for name in ("Rita", "Rob", "Sam", "Lea")]
        self.leader = self.user("Leo", "sales_team.group_sale_manager")
        self.team = env["crm.team"].search([], limit=1)
        self.team.write({"user_id": self.leader.id, "member_ids": [(6, 0, [rep.id for rep in self.reps])]})
        expert = self.user("Eva", "sales_team.group_sale_salesman")
        windows = [(0, 0, {"dayofweek": str(day), "hour_from": 13, "hour_to": 16}) for day in EXPERT_DAYS]
        env["touch.expert"].create({"user_id": expert.id, "window_ids": windows})
        for name, (first, last) in HOLIDAYS.items():
            self.day_off(name, first, last)
        # what a manager switches on: buyers are cared for, and won back
        for name in ("care", "win_back"):
            env.ref(f"touch_cadence.touch_cadence_{name}").auto_enroll = True
        self.away = {}  # {user: (first, last)}

    def user(self, name, group):
        groups = [self.env.ref(one).id for one in (group, "base.group_user", "base.group_partner_manager")]
        users = self.env["res.users"].with_context(no_reset_password=True)
        return users.create(
            {"name": name, "login": name.lower(), "email": f"{name.lower()}@our.example", "tz": "UTC", "group_ids": [(6, 0, groups)]}
        )

    def day_off(self, name, first, last, user=None):
        calendar = self.env.company.resource_calendar_id
        resources = self.env["resource.resource"]
        if user:
            values = {"name": user.name, "user_id": user.id, "calendar_id": calendar.id, "tz": "UTC"}
            resources = resources.search([("user_id", "=", user.id)], limit=1) or resources.create(values)
        self.env["resource.calendar.leaves"].create(
            {
                "name": name,
                "calendar_id": calendar.id,
                "resource_id": resources.id,
                "date_from": f"{first} 00:00:00",
                "date_to": f"{last} 23:59:59",
            }
        )

    def works(self, user, today):
        first, last = self.away.get(user, (date.max, date.min))
        return today.weekday() < 5 and not first <= today <= last and not any(one <= today <= two for one, two in HOLIDAYS.values())


class Life:
    """One character in the world: his records, what he said, and the lines of his story."""

    def __init__(self, world, character, number):
        self.world, self.env, self.character = world, world.env, character
        self.dice = random.Random(character.name)
        self.rep = world.reps[3] if "leave is entered" in character.events.values() else world.reps[number % 3]
        self.number = number
        self.said, self.spoken, self.made = [], 0, 0
        self.lines = []  # (day, text, long text wrapped under it)
        self.known = {}  # {record: temperature}
        self.runs = {}  # {run: (state, stop reason)}
        self.waits = []  # what was said while nothing was planned, since the last touch
        self.last_touch = None
        self.promised = []  # (day, kind) of agreed steps
        self.wrote = None  # the day on which he wrote to us, until somebody has answered
        self._make()

    # --- who he is -----------------------------------------------------------------------------------

    def _ways(self, values, which=""):
        values = dict(values)
        if values.pop("email", None):
            values["email"] = f"{self.character.name}{which}@client.example"
        if values.pop("phone", None):
            values["phone"] = f"+32 470 {self.number:02d} {len(which)}0 11"
        return values

    def _make(self):
        env, one = self.env, self.character
        partners = env["res.partner"].with_context(tracking_disable=False)
        self.partner = partners
        company = one.company and partners.create(
            {"name": f"{one.name} Ltd", "is_company": True, "country_id": env.ref("base.be").id, **one.company}
        )
        contacts = [values for values in (one.contact, one.second) if values]
        for number, values in enumerate(contacts):
            self.partner |= partners.create(
                {
                    "name": f"{one.name.replace('_', ' ').title()}{' the second' * number}",
                    "parent_id": company.id if company else False,
                    "user_id": self.rep.id,
                    "country_id": env.ref("base.be").id,
                    **self._ways(values, "2" * number),
                }
            )
        self.leads = env["crm.lead"]
        for days in one.bought:
            self._buys(days)
        if one.lead is not None:
            for partner in self.partner or [partners]:
                values = self._ways(one.lead)
                values["email_from"] = values.pop("email", False) or partner.email
                values.setdefault("phone", partner.phone)
                self.leads |= env["crm.lead"].create(
                    {
                        "name": f"Deal of {partner.name or one.name}",
                        "type": "opportunity",
                        "partner_id": partner.id,
                        "user_id": self.rep.id,
                        "team_id": self.world.team.id,
                        "expected_revenue": 5000,
                        **values,
                    }
                )
        if one.cadence:
            env.ref(f"touch_cadence.touch_cadence_{one.cadence}").enroll(self.leads or self.partner)

    def _buys(self, days_ago=0):
        deal = self.env["crm.lead"].create(
            {
                "name": "A purchase",
                "type": "opportunity",
                "partner_id": self.partner[:1].id,
                "user_id": self.rep.id,
                "team_id": self.world.team.id,
                "expected_revenue": 1000,
            }
        )
        deal.action_set_won()
        if days_ago:
            self.env.flush_all()
            self.env.cr.execute("UPDATE crm_lead SET date_closed = date_closed - %s * interval '1 day' WHERE id = %s", [days_ago, deal.id])
            self.env.invalidate_all()

    # --- what he does --------------------------------------------------------------------------------

    def domain(self):
        """:return: of his touches and runs"""
        partners = (self.partner | self.leads.partner_id).commercial_partner_id
        return ["|", ("lead_id", "in", self.leads.ids), ("commercial_partner_id", "in", partners.ids)]

    def answer(self, touch, today):
        """He is touched, and answers; the rep writes it down."""
        talk = bool(self.env["touch.channel"]._channels()[touch.channel].talk)
        stories = Stories(self.env)
        asked = characters.Asked(
            nth=self.made + 1,
            channel=touch.channel,
            purpose=touch.purpose,
            talk=talk,
            asks=stories.asks(touch.reason_id) if touch.purpose == "closing" else "",
            spoken=self.spoken,
            said=tuple(self.said),
            day=(today - MONDAY).days,
            part=stories.part(touch.cadence_id),
            ahead=any(day > today for day, _kind in self.promised),
            dice=self.dice,
        )
        # who has bought is a buyer like others
        answer = (characters.loyal if "bought" in self.said else self.character.answers)(asked)
        if asked.purpose == "asking" and answer.outcome == "step_kept" and not self.character.comes:
            answer = characters.Answer("step_missed")
        outcome = self.outcome(answer.outcome, touch)
        self.made += 1
        self.spoken += talk and outcome.get_external_id()[outcome.id] not in {
            f"touch_cadence.touch_outcome_{one}" for one in ("no_answer", "voicemail")
        }
        self.said.append(answer.outcome or "")
        self._write_down(touch, outcome, answer, today)

    def outcome(self, name, touch):
        """:return: the outcome of that name; one that does not exist yet counts as the channel's own"""
        if touch.channel == "meeting":
            name = {"no_answer": "did_not_come", "voicemail": "did_not_come", "reached": "met"}.get(name, name)
        found = name and self.env.ref(f"touch_cadence.touch_outcome_{name}", raise_if_not_found=False)
        return found or self.env["touch.outcome"]._default_outcome(touch.channel)

    def _write_down(self, touch, outcome, answer, today):
        by = touch.with_user(touch.user_id) if touch.user_id.active else touch
        more = {}
        if answer.step:
            day = today + timedelta(days=answer.in_days)
            # to a meeting of a large deal the expert comes along: the salesperson proposes days on which the expert has time
            free = EXPERT_DAYS if self.character.expert and answer.step in MEETING_KINDS else range(5)
            while day.weekday() not in free:
                day += timedelta(days=1)
            self.promised.append((day, answer.step))
            if "agreed_date" in touch._fields:
                more = self._agreed_values(answer.step, day)
            else:  # what a rep does today: an appointment on the deal
                self._appointment(touch, answer.step, day)
        if answer.back is not None and "back_date" in touch._fields:
            more["back"] = MONDAY + timedelta(days=answer.back)
            if obstacle := self.env.ref(f"touch_cadence.touch_obstacle_{answer.obstacle}", raise_if_not_found=False):
                more["obstacle"] = obstacle
        taken = set(inspect.signature(type(touch).done).parameters)
        if more and not more.keys() <= taken:
            touch.write(more)  # the shell may; a desk sends it with the outcome
            more = {}
        try:
            with self.env.cr.savepoint():
                by.done(outcome, **more)
        except (RedirectWarning, UserError) as refused:
            # a rep is told so, and does what can be done
            self.tell(today, f"** “{outcome.name}” is refused: {refused.args[0]}")
            self.env.invalidate_all()
            by.done()

    def _agreed_values(self, kind, day):
        step = self.env["touch.next.step"].search([("kind", "=", kind)], limit=1)
        return {"next_step": step, "next_day": day}

    def _appointment(self, touch, kind, day):
        lead = touch.lead_id
        if lead and kind in MEETING_KINDS:
            self.env["calendar.event"].with_user(touch.user_id).create(
                {
                    "name": f"{kind.title()} with {lead.name}",
                    "start": f"{day} 10:00:00",
                    "stop": f"{day} 11:00:00",
                    "opportunity_id": lead.id,
                    "user_id": touch.user_id.id,
                    "partner_ids": [(6, 0, (lead.partner_id | touch.user_id.partner_id).ids)],
                }
            )

    def keeps_promises(self, today):
        """The day of an agreed step has come: where people meet, the rep logs it (later ones ask what came of it).

        :return: whether one has
        """
        kept = [kind for day, kind in self.promised if day == today and "bought" not in self.said]
        for kind in kept:
            if "agreed_date" not in self.env["touch.touch"]._fields:
                client = (self.leads.filtered(lambda lead: lead.won_status == "pending") or self.partner)[:1]
                if kind in MEETING_KINDS:
                    outcome = self.env.ref("touch_cadence.touch_outcome_met")
                    client.with_user(self.rep).log_touch({"channel": "meeting", "outcome_id": outcome.id, "note": f"{kind} kept"})
        return bool(kept)

    def meets_experts(self):
        """Experts come to what was booked.

        :return: whether one has
        """
        booked = self.env["touch.expert.booking"].search([("lead_id", "in", self.leads.ids), ("state", "=", "booked")])
        over = booked.filtered(lambda one: one.start <= datetime.now())
        for booking in over:
            booking.with_user(booking.expert_user_id).action_done(self.env.ref("touch_cadence.touch_outcome_met"))
        return bool(over)

    def is_answered(self, today):
        """Who writes gets an answer on the next working day, in the chatter, as from any rep.

        :return: whether he gets it now
        """
        lead = self.leads[:1]
        if not self.wrote or today <= self.wrote or not self.world.works(lead.user_id, today):
            return False
        writing = lead.with_user(lead.user_id)
        self.env["touch.touch"].with_user(lead.user_id)._log_seen(writing, "email", {writing: {"note": "our answer to what he wrote"}})
        self.wrote = None
        return True

    def happens(self, today):
        """What he does unasked, and what is done about him.

        :return: whether something was
        """
        what = self.character.events.get((today - MONDAY).days)
        if not what:
            return False
        self.tell(today, f"** {what}")
        lead = self.leads[:1]
        if what == "writes":
            self.wrote = today
            lead.message_post(
                body="We are looking at it, I will come back to you.",
                message_type="email",
                author_id=self.partner[:1].id,
                email_from=self.partner[:1].email,
                subtype_xmlid="mail.mt_comment",
            )
        elif what == "lost":
            lead.with_user(self.rep).action_set_lost()
        elif what == "restored":
            lead.with_user(self.rep).action_restore() if hasattr(lead, "action_restore") else lead.toggle_active()
        elif what == "buys":
            self._buys()
        elif what == "opts out":
            self.partner.touch_opt_out = True
        elif what == "judged high":
            lead.judge_by_hand("high", "ten times an average deal")
        elif what == "private sale":
            reason = self.env.ref("touch_cadence.touch_reason_private_sale")
            reason.write({"active": True, "valid_from": today, "valid_to": today + timedelta(days=20)})
        elif what == "leave is entered":
            first, last = today + timedelta(days=5), today + timedelta(days=25)
            self.rep.touch_substitute_id = self.world.reps[0]
            self.world.away[self.rep] = (first, last)
            self.world.day_off("Leave", first, last, self.rep)
        else:
            raise ValueError(f"{self.character.name}: what is “{what}”?")
        return True

    # --- what is told --------------------------------------------------------------------------------

    def tell(self, day, text, below=""):
        self.lines.append((day, text, below))

    def look(self, today, said, touches, runs, planned):
        """See what has changed since the last look, and write it into the story.

        :param said: {record: why its temperature changed}
        :param touches: his that are over and not told yet; ``runs``: all of his; ``planned``: whether a touch is
        """
        for touch in touches:
            self._tell_touch(touch)
        for client in [*self.leads, *self.partner]:
            before, now = self.known.get(client), client.temperature
            if before and now != before:
                whose = "" if len(self.leads) + len(self.partner) < 2 else f" ({'deal' if client._name == 'crm.lead' else 'contact'})"
                self.tell(today, f"~~ {before} -> {now}{whose}: {said.pop(client, 'by hand')}")
            self.known[client] = now
        for run in runs:
            before, self.runs[run.id] = self.runs.get(run.id), run.state
            if run.state != before:
                self._tell_run(today, run, before)
        if not planned:
            for run in runs:
                if not run.date_end and run.why and run.why not in self.waits:
                    self.waits.append(run.why)

    def _tell_touch(self, touch):
        day = touch.date_done.date()
        if touch.direction == "in":
            self.tell(day, f"<< the client comes to us by {touch.channel} ({touch.outcome_id.name or 'no outcome'})")
            return
        if touch.withdrawn:
            if touch.date_deadline <= day + timedelta(days=2):
                self.tell(
                    day,
                    f"-- withdrawn: {touch.channel}, {touch.purpose}, “{touch.reason_id.name}”, that was planned for {touch.date_deadline:%a %d %b}",
                )
            return
        if self.last_touch and (day - self.last_touch).days > LONG:
            self.tell(
                day,
                f".. {(day - self.last_touch).days} days since the touch before",
                " / ".join(self.waits) or "nothing is said but the step's delay",
            )
        self.last_touch, self.waits = day, []
        who = touch.user_id.name + (f" with {touch.expert_id.name}" if touch.expert_id and touch.expert_id != touch.user_id else "")
        cadence = touch.cadence_id.name or "no cadence"
        client = touch.lead_id or touch.partner_id
        if touch.purpose in ("confirming", "asking"):
            step, on = touch.agreed_touch_id.agreed_step_id.name, touch.agreed_touch_id.agreed_date or touch.agreed_event_id.start
            asks = "to confirm" if touch.purpose == "confirming" else "to ask what came of"
            text = f"    {touch.channel} {asks} the {(step or 'meeting').lower()} of {on:%a %d %b} ({who})"
        else:
            about = (
                f"“{touch.reason_id.name}”"
                if touch.reason_id
                else "the meeting itself"
                if touch.channel == "meeting"
                else touch.note or "logged"
            )
            whom = f" to {touch.partner_id.name}" if len(self.leads) > 1 else ""
            text = f"{touch.number:2}. {touch.channel}{whom}, {touch.purpose}: {about} ({who}; {self.known.get(client, touch.temperature)}; {cadence})"
        ending = touch.outcome_id.name or ("left out" if touch.state == "skipped" else "done")
        agreed = ""
        if "agreed_date" in touch._fields and touch.agreed_date:
            agreed = f": {touch.agreed_step_id.name} on {touch.agreed_date:%a %d %b}"
        late = (day - touch.date_deadline).days
        self.tell(day, f"{text} -> {ending}{agreed}" + (f" ({late} days late)" if late > 0 and touch.step_id else ""), touch.why or "")

    def _tell_run(self, today, run, before):
        deal = f" ({run.lead_id.name})" if len(self.leads) > 1 and run.lead_id else ""
        if not run.date_end:
            if before is None:
                again = f" for the {run.run}. time{deal}" if run.run > 1 and not deal else deal
                self.tell(
                    today,
                    f"++ {run.cadence_id.name}: {run.state}{again}" + (f", until {run.not_before:%a %d %b %Y}" if run.not_before else ""),
                )
            elif run.state != "running" or before != "resting":
                self.tell(today, f"++ {run.cadence_id.name}{deal}: {before} -> {run.state}", run.why or "")
            else:
                self.tell(today, f"++ {run.cadence_id.name} begins{deal}, after the rest")
            return
        reasons = dict(run._fields["stop_reason"]._description_selection(self.env))
        note = f" “{run.stop_note}”" if run.stop_note else ""
        self.tell(today, f"== {run.cadence_id.name}{deal} ends as {run.state}: {reasons.get(run.stop_reason)}{note}", run.why or "")

    def ends(self, today):
        planned = self.env["touch.touch"].search([("state", "=", "planned"), *self.domain()])
        for touch in planned:
            self.tell(
                today,
                f"   next: {touch.date_deadline:%a %d %b}, {touch.channel}, {touch.purpose}, “{touch.reason_id.name}”",
                touch.why or "",
            )
        running = self.env["touch.enrollment"].search([("date_end", "=", False), *self.domain()])
        for run in running - planned.enrollment_id:
            self.tell(today, f"   {run.cadence_id.name}, {run.state}: {run.why or 'nothing is said'}")
        if not running:
            self.tell(today, "   nobody works this client any more")
        if self.last_touch and (today - self.last_touch).days > 31:
            self.tell(today, f".. the last touch was {(today - self.last_touch).days} days ago")

    def _who(self):
        """What is known of the client."""
        one = self.character
        values = {**(one.company or {}), **(one.contact or {}), **(one.lead or {})}
        ways = [way for way, known in (("phone", "phone"), ("e-mail", "email"), ("postal address", "street")) if values.get(known)]
        words = [f"known: {', '.join(ways)}"]
        if one.bought:
            words.append(f"bought {', '.join(str(days) for days in sorted(one.bought))} days before the first day")
        if values.get("birthdate_date"):
            words.append(f"born {values['birthdate_date']}")
        if values.get("is_vip"):
            words.append("VIP")
        if values.get("employee_quantity"):
            words.append(f"{values['employee_quantity']} employees")
        yield "Client: " + "; ".join(words)

    def story(self):
        """:return: lines, and what makes no sense in them"""
        found = []
        for _key, its in Stories(self.env).of(self.domain()).items():
            found += sense.findings([one for _moment, one in its])
        wrong = defaultdict(list)
        for one in found:
            wrong[one.day].append(one)
        lines = [f"=== {self.character.name}: {self.character.title}", "", *self._who(), ""]
        days = [day for day, _text, _below in self.lines]
        for place, (day, text, below) in enumerate(self.lines):
            shown = f"{day:%a %d %b %y}" if not place or days[place - 1] != day else " " * 13
            lines.append(f"{shown:13}  {text}")
            lines += textwrap.wrap(below, WIDTH, initial_indent=" " * 19, subsequent_indent=" " * 19)
            if place + 1 == len(days) or days[place + 1] != day:
                lines += [f"{'':13}  !! {one.text}" for one in wrong.pop(day, ())]
        lines += [f"{day:%a %d %b %y}  !! {one.text}" for day, its in wrong.items() for one in its]
        touches = self.env["touch.touch"].search_count([("state", "=", "done"), ("direction", "=", "out"), *self.domain()])
        lines += ["", f"{touches} touches, {len(found)} senseless", ""]
        return lines, found, touches


def live(env, people, days):
    """:return: the lives, lived"""
    said = {}
    mixin = type(env["crm.lead"])

    def listening(model):
        move = model._touch_set_temperature

        def moved(self, temperature, cause, **values):
            said.update(dict.fromkeys(self.with_env(env), env["touch.words"]._say([(cause, values)])))
            return move(self, temperature, cause, **values)

        return patch.object(model, "_touch_set_temperature", moved)

    def cron(name):
        # what the scheduler calls, without its book-keeping: that is most of the time of a cron for twenty clients
        job = env.ref(f"touch_cadence.ir_cron_{name}")
        env(user=job.user_id.id)["ir.actions.server"].browse(job.ir_actions_server_id.id).run()
        env.cr.commit()
        env.invalidate_all()

    def work(today):
        """:return: whether there was anything to do"""
        due = env["touch.touch"].search([("state", "=", "planned"), ("date_deadline", "<=", today)], order="date_deadline, id")
        made = False
        for life in lives if due else ():
            for touch in due.filtered_domain(life.domain()):
                if touch.state == "planned" and world.works(touch.user_id, today):
                    life.answer(touch, today)
                    env.cr.commit()
                    made = True
        return made

    told = set()

    def look():
        env.cr.commit()
        env.invalidate_all()
        leads, partners = (
            env["crm.lead"].union(*(life.leads for life in lives)),
            env["res.partner"].union(*(life.partner for life in lives)),
        )
        owner = {}
        for life in lives:
            life.leads, life.partner = life.leads.with_prefetch(leads.ids), life.partner.with_prefetch(partners.ids)
            owner |= dict.fromkeys([*life.leads, *(life.partner | life.leads.partner_id).commercial_partner_id], life)
        found = defaultdict(lambda: ([], [], []))
        touches = env["touch.touch"].search([("id", "not in", list(told))], order="date_done, id")
        for one in [*touches, *env["touch.enrollment"].search([], order="id")]:
            life = owner.get(one.lead_id) or owner.get(one.commercial_partner_id)
            if life is None:
                continue
            if one._name == "touch.enrollment":
                found[life][1].append(one)
            elif one.state == "planned":
                found[life][2].append(one)
            else:
                found[life][0].append(one)
                told.add(one.id)
        for life in lives:
            life.look(today, said, *found[life])

    with (
        freeze_time(datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=6)) as clock,
        patch.object(Cursor, "now", lambda self: datetime.now()),
        patch.object(type(env["mail.thread"]), "_notify_thread", lambda *args, **kwargs: []),
        listening(mixin),
        listening(type(env["res.partner"])),
    ):
        today = MONDAY
        world = World(env)
        everybody = [*characters.PEOPLE, *characters.SHIPPED]
        lives = [Life(world, one, everybody.index(one)) for one in people]
        for number in range(days):
            today = MONDAY + timedelta(days=number)
            midnight = datetime.combine(today, datetime.min.time())
            clock.move_to(midnight + timedelta(hours=1))
            env.cr.commit()
            for name in ("see_purchases", "cool", "night", "enroll_by_rule"):
                cron(name)
            clock.move_to(midnight + timedelta(hours=7))
            cron("plan_touches")
            look()
            clock.move_to(midnight + timedelta(hours=10))
            busy = work(today)
            if busy:
                look()  # in the order in which it happened
            for life in lives:
                busy |= life.keeps_promises(today)
                busy |= life.is_answered(today)
                busy |= life.happens(today)
            clock.move_to(midnight + timedelta(hours=16))
            for life in lives:
                busy |= life.meets_experts()
            cron("assign_experts")
            if busy:
                cron("plan_touches")
                work(today)
                look()
        for life in lives:
            life.ends(today)
        stories = [(life, *life.story()) for life in lives]
    return stories


def main(env):
    """Arguments in DIARY_ARGS: names of characters, ``--days``. Stories to standard output and into the folder DIARY_TO."""
    parser = argparse.ArgumentParser(prog="make diary")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--days", type=int, default=DAYS)
    args = parser.parse_args(os.environ.get("DIARY_ARGS", "").split())
    known = {one.name: one for one in characters.PEOPLE}
    if unknown := [name for name in args.names if name not in known]:
        print(f"There is no {unknown[0]}: make diary ARGS=--list says who there is.")
        return 1
    people = [known[name] for name in args.names] or list(known.values())
    env = env(context={**env.context, "mail_create_nosubscribe": True})
    started = time.perf_counter()
    stories = live(env, people, args.days)
    folder = pathlib.Path(os.environ["DIARY_TO"])
    everything, kinds, made = [LEGEND], Counter(), 0
    print(LEGEND)
    for life, lines, found, touches in stories:
        text = "\n".join(lines)
        (folder / f"{life.character.name}.txt").write_text(text + "\n")
        everything.append(text)
        kinds.update(one.kind for one in found)
        made += touches
        print(text)
    count = "\n".join(
        [
            "=== What makes no sense",
            *(f"{kinds[kind]:5}  {sense.KINDS[kind]}" for kind in sorted(sense.KINDS, key=lambda kind: -kinds[kind])),
            f"{kinds.total():5}  in {made} touches of {len(stories)} clients ({time.perf_counter() - started:.0f} s)",
        ]
    )
    print(count)
    (folder / "all.txt").write_text("\n".join([*everything, count, ""]))
    return 0
