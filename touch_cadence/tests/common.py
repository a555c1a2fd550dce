import sys
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged

MONDAY = date(2026, 3, 2)
OF_OTHERS = Domain("author", "not in", ("Odoo S.A.", "Odoo", "odoo")) & Domain("name", "not like", "touch_cadence")


def asking_addon():
    """:return: name of the addon whose code is the innermost that waits for the query under way"""
    frame = sys._getframe(2)
    while frame:
        module = frame.f_globals.get("__name__", "").split(".")
        if module[:2] == ["odoo", "addons"]:
            return module[2]
        frame = frame.f_back


class TouchWorld:
    """A small sales world. Others' addons may build their tests on it too.

    ============  ==================================================
    manager       sales manager
    rep, rep_two  salespeople who see their own documents only
    leader        team leader of ``team``, to which the reps belong
    cadence       seven touches, like the standard one, of known steps
    ============  ==================================================
    """

    @classmethod
    def set_up_world(cls):
        env = cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "mail_create_nosubscribe": True})
        cls.manager = new_test_user(
            env, "tc_manager", "sales_team.group_sale_manager,base.group_partner_manager", name="Mara Manager", tz="UTC"
        )
        cls.leader = new_test_user(env, "tc_leader", "sales_team.group_sale_salesman_all_leads", name="Leo Leader", tz="UTC")
        cls.rep = new_test_user(env, "tc_rep", "sales_team.group_sale_salesman,base.group_partner_manager", name="Rita Rep", tz="UTC")
        cls.rep_two = new_test_user(env, "tc_rep_two", "sales_team.group_sale_salesman", name="Rob Rep", tz="UTC")
        cls.team = env["crm.team"].create(
            {"name": "Touch team", "user_id": cls.leader.id, "member_ids": [(6, 0, (cls.rep | cls.rep_two).ids)]}
        )
        env.company.resource_calendar_id.tz = "UTC"
        env.company.write({"touch_horizon": 5, "touch_hour_from": 9.0, "touch_hour_to": 18.0, "touch_per_deal": False, "touch_per_day": 0})
        cls.care = env["touch.cadence"].create({"name": "Care", "model": "res.partner", "step_ids": [(0, 0, {"delay": 10, "times": 0})]})
        cls.nurture = env["touch.cadence"].create({"name": "Nurture", "step_ids": [(0, 0, {"delay": 5, "times": 0})]})
        cls.cadence = env["touch.cadence"].create(
            {
                "name": "Selling",
                "stop_after": 12,
                "window_days": 60,
                "rest_days": 30,
                "won_cadence_id": cls.care.id,
                "exhausted_cadence_id": cls.nurture.id,
                "step_ids": [(0, 0, {"sequence": number, "delay": delay}) for number, delay in enumerate((0, 2, 3, 3, 4, 4, 4), 1)],
            }
        )
        cls.outcomes = {
            name: env.ref(f"touch_cadence.touch_outcome_{name}")
            for name in ("reached", "no_answer", "sent", "interested", "ready_to_buy", "not_now", "clear_no", "wrong_contact", "bought")
        }

    @classmethod
    def make_partners(cls, count=1, **values):
        # each is another person: those who share an address are worked once
        of_tests = ["|", ("email", "=like", "client%@touch.example"), ("phone", "=like", "+3225%")]
        there = cls.env["res.partner"].with_context(active_test=False).search_count(of_tests)
        return cls.env["res.partner"].create(
            [
                {
                    "name": f"Client {number}",
                    "email": f"client{there + number}@touch.example",
                    "phone": f"+3225{there + number:06}",
                    "user_id": cls.rep.id,
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def make_leads(cls, count=1, **values):
        # each is another person: those who share an address are worked once
        of_tests = ["|", ("email_from", "=like", "deal%@touch.example"), ("phone", "=like", "+321223%")]
        there = cls.env["crm.lead"].with_context(active_test=False).search_count(of_tests)
        return cls.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "email_from": f"deal{there + number}@touch.example",
                    "phone": f"+321223{there + number:04}",
                    "user_id": cls.rep.id,
                    "team_id": cls.team.id,
                    **values,
                }
                for number in range(count)
            ]
        )

    def planned(self, clients=None):
        """:return: planned touches, of ``clients`` where they are given"""
        domain = [("state", "=", "planned")]
        if clients is not None:
            domain.append(("lead_id" if clients._name == "crm.lead" else "partner_id", "in", clients.ids))
        return self.env["touch.touch"].search(domain)

    def decide(self):
        """What happened is over: what it has marked is decided, as before a commit."""
        self.env.cr.flush()

    def on(self, day):
        """The clock stands on that day from now on, and the planner has run; ``self.clock`` is a frozen one."""
        self.clock.move_to(f"{day} 10:00:00")
        self.env.invalidate_all()
        self.all_due()
        self.run_planner()

    def run_planner(self):
        """The planner's cron, as the cron runs it."""
        self.decide()
        with self.enter_registry_test_mode():
            self.env.ref("touch_cadence.ir_cron_plan_touches").method_direct_trigger()
        self.env.invalidate_all()

    def queries(self, act):
        """:return: number of queries of ``act``; those that addons of others ask by themselves, in a hook of theirs, are not ours"""
        others = set(self.env["ir.module.module"].search(Domain("state", "=", "installed") & OF_OTHERS).mapped("name"))
        theirs = 0

        def watched(cr, *args, **kwargs):
            nonlocal theirs
            theirs += asking_addon() in others
            return execute(cr, *args, **kwargs)

        execute = type(self.env.cr).execute
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        with patch.object(type(self.env.cr), "execute", watched if others else execute):
            act()
            self.env.flush_all()
        return self.env.cr.sql_log_count - before - theirs

    def slope(self, act):
        """Queries for 200 less those for 100, a record; the first call warms the caches."""
        act(2)
        return (self.queries(lambda: act(200)) - self.queries(lambda: act(100))) / 100

    def all_due(self):
        """Every running enrolment is looked at by the next run of the planner."""
        self.env["touch.enrollment"].search([("state", "in", ("running", "resting"))]).write({"next_date": fields.Datetime.now()})

    def holiday(self, first, last, user=None):
        """A public holiday, or leave of ``user``; whole days."""
        resource = self.env["resource.resource"]
        if user:
            resource = resource.search([("user_id", "=", user.id)], limit=1) or resource.create(
                {"name": user.name, "user_id": user.id, "calendar_id": self.env.company.resource_calendar_id.id, "tz": "UTC"}
            )
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Away",
                "calendar_id": self.env.company.resource_calendar_id.id,
                "resource_id": resource.id,
                "date_from": f"{first} 00:00:00",
                "date_to": f"{last} 23:59:59",
            }
        )


@tagged("post_install", "-at_install")
class TouchCase(TouchWorld, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_world()
