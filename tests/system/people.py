"""A company with people of every right, a second company beside it, and rows of each: what the tests of rights and the fuzz look at.

Texts that somebody may be after carry a mark of their owner, so that a leak is found wherever it comes out.
"""

import json
from contextlib import contextmanager

import requests
from conftest import Server, in_shell

# role → its groups; portal and employee stand for everyone who has no part in sales
GROUPS = {
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "expert": "touch_cadence.group_touch_expert",
    "rep": "sales_team.group_sale_salesman",
    "rep_all": "sales_team.group_sale_salesman_all_leads",
    "manager": "sales_team.group_sale_manager",
    "rep_b": "sales_team.group_sale_salesman",
    "manager_b": "sales_team.group_sale_manager",
}
ANONYMOUS = "anonymous"
ADMIN = "admin"
ROLES = (ANONYMOUS, *GROUPS)
SALES = ("rep", "rep_all", "manager", "rep_b", "manager_b")
# the errors that Odoo shows as a sentence
CLEAR = {
    f"odoo.exceptions.{name}"
    for name in ("UserError", "AccessError", "ValidationError", "MissingError", "RedirectWarning", "AccessDenied")
}  # fmt: skip
# whose rows the others try: a colleague of each company
COLLEAGUE = {"a": "rep2", "b": "rep2_b"}


def side(role):
    """:return: the company of a role"""
    return "b" if role.endswith("_b") else "a"


def mark(owner, what):
    """:param what: deal, contact or note
    :return: what stands in texts of that kind of the owner, and nowhere else"""
    return f"Zq{what[0].upper()}{owner.replace('_', '').title()}q"


# what of a client is written where; numbers tell the owner, too
WORLD = """
import json
from datetime import timedelta
from odoo import Command, fields

ref, su = env.ref, env["res.users"].with_context(no_reset_password=True, tracking_disable=True)
env.company.name = "Company A"
company_b = env["res.company"].create({"name": "Company B"})
companies = {"a": env.company, "b": company_b}
for company in companies.values():
    company.write({"touch_per_day": 0, "touch_per_deal": True})
GROUPS, MARKS = json.loads('''%(groups)s'''), json.loads('''%(marks)s''')
GROUPS |= {"rep2": "sales_team.group_sale_salesman", "rep2_b": "sales_team.group_sale_salesman", "doyen": "base.group_user", "doyen_b": "base.group_user"}
made = {login: env["res.users"].search([("login", "=", login)]) for login in ("rep", "manager")}
for login, group in GROUPS.items():
    company = companies["b" if login.endswith("_b") else "a"]
    extra = [] if login == "portal" else [ref("base.group_allow_export").id, ref("base.group_user").id]
    # who writes contacts at all writes them with all he may
    extra += [ref("base.group_partner_manager").id] if "sales" in group else []
    values = {"company_id": company.id, "company_ids": [Command.set(company.ids)], "group_ids": [Command.set([ref(group).id, *extra])]}
    if made.get(login):
        made[login].write(values)
    else:
        made[login] = su.create({"name": login.title(), "login": login, "password": login, "tz": "UTC",
            "email": f"{login}@touch.example", **values})
env["crm.lead"].search([]).unlink()
env["crm.team"].search([]).member_ids = False
teams = {
    one: env["crm.team"].with_company(company).create({"name": f"Team {one}", "company_id": company.id, "user_id": made["manager" if one == "a" else "manager_b"].id,
        "member_ids": [Command.set([made[login].id for login in made if "sales" in GROUPS.get(login, "sales") and login.endswith("_b") == (one == "b")])]})
    for one, company in companies.items()
}
env["touch.marker.question"].search([]).active = False
rows = {}
def row(model, owner, record):
    rows.setdefault(model, {})[owner] = record.id
    return record

# what a company sets
next_step = row("touch.next.step", "shared", env["touch.next.step"].create({"name": "Next step"}))
row("touch.obstacle", "shared", env["touch.obstacle"].create({"name": "Obstacle"}))
for one, company in (*companies.items(), ("shared", env["res.company"])):
    cadence = row("touch.cadence", one, env["touch.cadence"].create({"name": f"Cadence {one}", "company_id": company.id, "stop_after": 50,
        "step_ids": [Command.create({"delay": 0, "times": 0})], "rung_ids": [Command.create({"next_step_ids": [Command.set(next_step.ids)]})]}))
    row("touch.cadence.step", one, cadence.step_ids)
    row("touch.cadence.rung", one, cadence.rung_ids)
    row("touch.item", one, env["touch.item"].create({"name": f"Item {one}", "company_id": company.id}))
    row("touch.reason", one, env["touch.reason"].create({"name": f"Reason {one}", "company_id": company.id}))
    row("touch.script", one, env["touch.script"].create({"name": f"Text {one}", "channel": "email", "company_id": company.id}))
    question = row("touch.marker.question", one, env["touch.marker.question"].create({"name": f"Question {one}", "company_id": company.id,
        "option_ids": [Command.create({"name": "Answer", "potential": "standard"})]}))
    row("touch.marker.option", one, question.option_ids)
row("touch.outcome", "shared", env["touch.outcome"].create({"name": "Outcome"}))
row("mail.activity.type", "shared", ref("mail.mail_activity_data_todo"))
row("touch.skill", "shared", env["touch.skill"].create({"name": "Skill"}))
experts = {}
for login, owner in (("expert", "expert"), ("doyen", "a"), ("doyen_b", "b")):
    company = companies["b" if login.endswith("_b") else "a"]
    # nobody is booked by himself: places are given below
    experts[login] = row("touch.expert", owner, env["touch.expert"].create({"user_id": made[login].id, "company_id": company.id, "hours_week": 0}))
    row("touch.expert.window", owner, experts[login].window_ids)

# clients of each
now = fields.Datetime.now().replace(minute=0, second=0)
owners = [*[login for login in GROUPS if not login.startswith("doyen")]]
for number, login in enumerate(owners, 1):
    user, one, marks = made[login], "b" if login.endswith("_b") else "a", MARKS[login]
    company, cadence = companies[one], env["touch.cadence"].browse(rows["touch.cadence"]["b" if login.endswith("_b") else "a"])
    responsible = made["rep2"] if login == "portal" else user
    partners = env["res.partner"].create([
        {"name": f"{marks['contact']} {nth}", "email": f"{marks['contact'].lower()}{nth}@touch.example", "phone": f"+3247{number}90{nth}777",
         "street": f"{marks['contact']} Street", "company_id": company.id, "user_id": responsible.id, "birthdate_date": "1980-05-05", "comment": marks["contact"]}
        for nth in range(3)
    ])
    if login == "portal":
        partners = user.partner_id | partners[1:]
        user.partner_id.user_id = responsible
    row("res.partner", login, partners[0])
    meeting = {"name": "Meeting", "user_id": responsible.id, "partner_ids": [Command.set(user.partner_id.ids)], "start": now, "stop": now + timedelta(hours=1)}
    row("calendar.event", login, env["calendar.event"].with_user(responsible).create(meeting))
    leads = env["crm.lead"].with_company(company).create([
        {"name": f"Deal {marks['deal']} {nth}", "type": "opportunity", "user_id": responsible.id, "team_id": teams[one].id, "partner_id": partners[nth].id,
         "company_id": company.id, "description": marks["deal"], "expected_revenue": 1234000 + number, "contact_name": f"{marks['deal']} Person",
         "email_from": f"{marks['deal'].lower()}{nth}@touch.example", "phone": f"+3248{number}90{nth}777"}
        for nth in range(3)
    ])
    row("crm.lead", login, leads[0])
    cadence.with_company(company).enroll(leads)
    first, paused, over = leads[0].enrollment_ids, leads[1].enrollment_ids, leads[2].enrollment_ids
    assert first.state == "running" and first.touch_ids, (login, first.why)
    row("touch.enrollment", login, first)
    row("touch.touch", login, first.touch_ids)
    first.touch_ids.note = marks["note"]
    paused.action_pause(f"Paused: {marks['note']}")
    row("paused", login, paused)
    over.touch_ids.with_context(mail_activity_quick_update=True).done(note=marks["note"])
    row("done", login, over.touch_ids.filtered(lambda touch: touch.state == "done")[:1])
    row("lead2", login, leads[1])
    leads[0].judge_by_hand("standard", f"Because {marks['note']}")
    row("touch.judgement", login, leads[0].judgement_ids)
    expert = experts["expert" if login == "expert" else "doyen_b" if one == "b" else "doyen"]
    bookings = env["touch.expert.booking"]._as_system()
    # an expert's own are those that he is booked for, with deals of others
    lead = leads[0]
    if login == "expert":
        lead = env["crm.lead"].create({"name": "Assisted", "type": "opportunity", "user_id": made["doyen"].id, "team_id": teams["a"].id, "company_id": company.id})
    row("touch.expert.booking", login, bookings.create({"lead_id": lead.id, "company_id": company.id, "user_id": lead.user_id.id, "note": marks["note"],
        "state": "booked", "expert_id": expert.id, "start": now + timedelta(days=2, hours=number), "stop": now + timedelta(days=2, hours=number + 1), "hours": 1}))
    lead = leads[2]
    if login == "expert":
        lead = env["crm.lead"].create({"name": "Assisted before", "type": "opportunity", "user_id": made["doyen"].id, "team_id": teams["a"].id, "company_id": company.id})
    row("touch.expert.report", login, bookings.create({"lead_id": lead.id, "company_id": company.id, "user_id": lead.user_id.id, "note": marks["note"],
        "state": "done", "expert_id": expert.id, "start": now - timedelta(days=9, hours=number), "stop": now - timedelta(days=9, hours=number - 1), "hours": 1}))
    job = row("touch.job", login, env["touch.job"].create({"name": f"Work {marks['note']}", "user_id": user.id, "company_id": company.id, "wizard": "touch.enroll",
        "wizard_values": {"cadence_id": cadence.id}, "wizard_context": {"tz": "UTC"}, "model": "crm.lead", "res_ids": leads.ids, "total": 3, "state": "done", "date_end": now}))
    row("touch.job.left.out", login, env["touch.job.left.out"].create({"job_id": job.id, "res_id": leads[0].id, "name": f"Deal {marks['deal']}", "why": marks["note"]}))
    row("touch.privacy.log", login, env["touch.privacy.log"].create({"act": "export", "user_id": user.id, "company_id": company.id}))
    row("touch.consent", login, env["touch.consent"].create({"lead_id": leads[0].id, "channel": "paper", "state": "refused", "source": "hand", "note": marks["note"]}))
    row("touch.closed.address", login, env["touch.closed.address"].create({"email": f"{login}@closed.example", "words": "550 no such user"}))
    row("mail.activity", login, first.touch_ids.activity_id)
    row("res.users", login, user)
    row("crm.team.member", login, responsible.crm_team_member_ids[:1] or made["rep"].crm_team_member_ids)
    row("crm.team", login, teams[one])
    row("res.company", login, company)
env.flush_all()
env["ir.cron"].search([]).active = False  # nothing moves by itself
env.cr.commit()
fields_of = {}
for name, model in env.registry.items():
    ours = sorted(field.name for field in model._fields.values() if field._modules and all(one.startswith("touch_cadence") for one in field._modules)
                  and field.name not in ("id", "display_name", "create_uid", "create_date", "write_uid", "write_date"))
    if ours:
        fields_of[name] = {one: {"type": model._fields[one].type, "writable": bool(model._fields[one].store or model._fields[one].inverse),
            "required": bool(model._fields[one].required),
            "relation": model._fields[one].comodel_name if model._fields[one].relational else False,
            "selection": [value for value in model._fields[one].get_values(env)] if model._fields[one].type == "selection" else []} for one in ours}
models = {name: {"abstract": bool(model._abstract), "transient": bool(model._transient), "sql": not model._auto and not model._abstract}
          for name, model in env.registry.items() if name.startswith("touch.")}
import inspect
methods = []
for name, model in env.registry.items():
    found = {}
    for cls in model.mro():
        if cls.__module__.startswith("odoo.addons.touch_cadence"):
            for method, function in vars(cls).items():
                if inspect.isfunction(function) and not method.startswith("_") and method not in ("create", "write", "unlink"):
                    found[method] = bool(getattr(getattr(model, method), "_api_model", False))
    methods += [[name, method, is_model, [one for one in inspect.signature(getattr(model, method)).parameters if one != "self"]] for method, is_model in sorted(found.items())]
print("WORLD" + json.dumps({"rows": rows, "fields": fields_of, "models": models, "methods": methods, "users": {login: user.id for login, user in made.items()},
    "partners": {login: user.partner_id.id for login, user in made.items()}, "teams": {one: team.id for one, team in teams.items()},
    "companies": {one: company.id for one, company in companies.items()}}))
"""


class People:
    """The world on a server: who calls what, as whom."""

    def __init__(self, server, world):
        self.server, self.world, self.rows = server, world, world["rows"]
        self.sessions = {}

    @classmethod
    @contextmanager
    def at_work(cls, database):
        """Build the world in ``database`` and serve it until the block is left."""
        built = build(database)
        server = Server(database).wait()
        yield cls(server, built)
        server.stop()

    def session(self, role):
        if role not in self.sessions:
            session = self.sessions[role] = requests.Session()
            if role != ANONYMOUS:
                params = {"db": self.server.database, "login": role, "password": role}
                answer = session.post(f"{self.server.url}/web/session/authenticate", json={"params": params}, timeout=60).json()
                assert answer["result"]["uid"], role
        return self.sessions[role]

    def ask(self, role, model, method, args, kwargs=None):
        """:return: the whole answer of the server to a call, as the web client makes it"""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs or {}}
        return self.session(role).post(
            f"{self.server.url}/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"params": params}),  # requests' own way to send JSON refuses numbers that are none, and Odoo's takes them
            headers={"Content-Type": "application/json"},
            timeout=120,
        )

    def call(self, role, model, method, *args, **kwargs):
        """:return: the result of a call
        :raise Refused: with the server's error"""
        answer = self.ask(role, model, method, list(args), kwargs).json()
        if "error" in answer:
            raise Refused(answer["error"])
        return answer.get("result")

    def get(self, role, path):
        return self.session(role).get(self.server.url + path, timeout=120)

    def row(self, model, role, whose):
        """:param whose: own, colleague or company (the other one's)
        :return: id of such a row of a client's; of what a company sets: its own, the shared one, the other company's; None for none"""
        rows = self.rows[model]
        if role == ADMIN:  # who has no clients of his own
            role = COLLEAGUE["a"]
        here = "a" if role == ANONYMOUS else side(role)
        there = "b" if here == "a" else "a"
        if set(rows) == {"shared"}:
            return rows["shared"] if whose == "own" else None
        if "shared" in rows or "a" in rows:
            return rows.get(
                {"own": role if role in rows else here, "colleague": "shared" if "shared" in rows else here, "company": there}[whose]
            )
        own, others = rows["portal" if role == ANONYMOUS else role], {"colleague": COLLEAGUE[here], "company": COLLEAGUE[there]}
        if whose == "own":
            return own
        return None if rows[others[whose]] == own else rows[others[whose]]


class Refused(Exception):
    def __init__(self, error):
        data = error.get("data", {})
        self.name, self.debug = data.get("name", ""), data.get("debug", "")
        super().__init__(f"{self.name}: {data.get('message')}")

    @property
    def by_rights(self):
        """:return: whether it was for lack of a right; who is not logged in has none"""
        return self.name in ("odoo.exceptions.AccessError", "odoo.http.SessionExpiredException", "odoo.exceptions.AccessDenied")


def build(database):
    """Make the world in a database; what it consists of."""
    owners = [*GROUPS, *COLLEAGUE.values()]
    marks = {owner: {what: mark(owner, what) for what in ("deal", "contact", "note")} for owner in owners}
    script = WORLD.replace("%(groups)s", json.dumps(GROUPS)).replace("%(marks)s", json.dumps(marks))
    [told] = [line for line in in_shell(database, script).splitlines() if "WORLD{" in line]
    return json.loads(told[told.index("WORLD{") + 5 :])
