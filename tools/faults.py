"""Break things on purpose, and count what is lost: see tools/faults for how it is called.

Each kind of work runs in a process that is forked from a warm one, so that a kill costs no start-up, and is killed after a random (seeded) part of
the time that it takes undisturbed. Work that is over before the kill comes is not counted as a kill, and begins again.
"""

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import odoo.sql_db
import psycopg2
from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config, mute_logger

ROOT = pathlib.Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "system")]
import broken_kinds  # noqa: E402
import db  # noqa: E402
import invariants  # noqa: E402

TEMPLATE = "tpl_faults"
LEADS, REPS, BATCH = 3000, 10, 40
# kills of each kind of work; 200 in all
KILLS = {"planner": 60, "jobs": 30, "rules": 20, "night": 20, "experts": 30, "desk": 30, "hosts": 10}
TERMINATED, RESTARTS = 50, 10
# work that commits batch by batch goes on where it was killed: a kill within such a part of the time of the whole, again and again, reaches
# every part of it
STRETCH = 1 / 8
# how a process of its own ended: to its end, by an error of its own, or because its database or its life was taken from outside
FINE, FAILED, CUT = 0, 1, 3
# of each kind of work where nothing disturbs it: the seconds it takes, and the rows that come of it
TIMES, WANTED = {}, {}
# what a touch is, without what depends on who came first (ids, moments)
TOUCHES = """SELECT lead_id, partner_id, number, purpose, channel, reason_id, step_id, user_id, date_deadline, state
             FROM touch_touch ORDER BY lead_id, partner_id, number, state, id"""
RESULTS = []


def say(text):
    """Tell whoever waits how far it is."""
    print(f"[{time.monotonic() - STARTED:5.0f}s] {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def environment(name, uid=SUPERUSER_ID):
    with Registry(name).cursor() as cr:
        yield api.Environment(cr, uid, {})


def sql(name, statement, args=()):
    """Run a statement beside Odoo; a server that is just starting again is waited for."""
    for _try in range(200):
        try:
            connection = db.connect(name)
            break
        except psycopg2.OperationalError:
            time.sleep(0.1)
    with contextlib.closing(connection), connection.cursor() as cr:
        cr.execute(statement, args)
        return cr.fetchall() if cr.description else []


def named(what):
    """:return: the name of a database of this run; runs beside each other do not meet"""
    return f"faults_{ARGS.beside}_{what}"


def copy(name, template=TEMPLATE):
    odoo.sql_db.close_all()
    sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    for _try in range(50):
        with contextlib.suppress(psycopg2.errors.ObjectInUse):
            sql("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            return name
        time.sleep(0.2)
    raise SystemExit(f"{template} is in use")


def drop(name):
    odoo.sql_db.close_all()
    Registry.delete(name)
    sql("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def broken(name, at_rest=True):
    with contextlib.closing(db.connect(name)) as connection, connection.cursor() as cr:
        return invariants.broken(cr, at_rest)


# ------------------------------------------------------------------------------------------------------------------------------
# The world
# ------------------------------------------------------------------------------------------------------------------------------


def prepare():
    """A few thousand deals, some clients with two of them, buyers in care, experts who are asked for."""
    with environment(TEMPLATE) as env:
        env = env(context={"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True})
        users = env["res.users"].with_context(no_reset_password=True)
        reps = users.create([_user(env, f"rep{number}", "sales_team.group_sale_salesman") for number in range(REPS)])
        manager = users.create(_user(env, "manager", "sales_team.group_sale_manager"))
        engineers = users.create([_user(env, f"engineer{number}", "base.group_user") for number in range(3)])
        team = env["crm.team"].create({"name": "Sales", "user_id": manager.id, "member_ids": [(6, 0, reps.ids)]})
        env.company.write({"touch_per_day": 0, "touch_expert_weeks": 8, "touch_expert_notice": 0})
        partners = env["res.partner"].create(
            [
                {"name": f"Client {n}", "email": f"client{n}@touch.example", "phone": f"+32471{n:06}", "user_id": reps[n % REPS].id}
                for n in range(LEADS // 3)
            ]
        )
        env["crm.lead"].create(
            [
                {
                    "name": f"Deal {n}",
                    "type": "opportunity",
                    "user_id": reps[n % REPS].id,
                    "team_id": team.id,
                    "partner_id": partners[n % len(partners)].id if n % 3 else False,
                    "email_from": f"deal{n}@touch.example",
                    "phone": f"+32470{n:06}",
                    "street": f"{n} Main Street",
                    "city": "Ghent",
                }
                for n in range(LEADS)
            ]
        )
        env["touch.expert"].create(
            [
                {
                    "user_id": user.id,
                    "hours_week": 3,
                    "window_ids": [(5,), *((0, 0, {"dayofweek": day, "hour_from": 9, "hour_to": 12}) for day in "024")],
                }
                for user in engineers
            ]
        )
        # other crons have nothing to do with us, and some look for the network; ours are called by name
        env["ir.cron"].search([]).active = False
        env.cr.commit()
    odoo.sql_db.close_all()


def _user(env, login, group):
    return {
        "name": login.title(),
        "login": login,
        "password": login,
        "tz": "UTC",
        "email": f"{login}@touch.example",
        "group_ids": [(6, 0, [env.ref(group).id, env.ref("base.group_user").id])],
    }


def deals(env):
    return env["crm.lead"].search([], order="id")


def enrol(env):
    """Every deal, without planning."""
    cadence = env.ref("touch_cadence.touch_cadence_standard")
    cadence._enroll(deals(env))
    env.cr.commit()


# ------------------------------------------------------------------------------------------------------------------------------
# Processes that are killed
# ------------------------------------------------------------------------------------------------------------------------------


def fork(name, work):
    """Do ``work`` in a process of its own, in a database that nothing else of this one is connected to.

    :param work: called with an environment; what it commits stays
    :return: the process' id. It ends with FINE, FAILED or CUT
    """
    odoo.sql_db.close_all()  # a connection is one process' own
    pid = os.fork()
    if pid:
        return pid
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with environment(name) as env:
            work(env)
            env.cr.commit()
        os._exit(FINE)
    except BaseException as error:
        if os.environ.get("FAULTS_TRACE"):
            traceback.print_exc()
        os._exit(CUT if isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError)) else FAILED)


def run(name, work):
    """:return: FINE, FAILED or CUT"""
    _pid, status = os.waitpid(fork(name, work), 0)
    code = os.waitstatus_to_exitcode(status)
    return CUT if code < 0 else code


def must(name, work):
    """Do ``work`` where nothing disturbs it; a harness whose own preparations fail would try nothing, and say that all is well.

    :return: seconds that it takes
    """
    began = time.monotonic()
    if run(name, work) != FINE:
        raise SystemExit(f"{work.__qualname__} fails in {name} without any fault: FAULTS_TRACE=1 says why")
    return time.monotonic() - began


def hit_within(name, work, most, how=None):
    """Begin ``work`` and hit it after a random part of ``most`` seconds.

    :param how: what is done instead of SIGKILL to the process
    :return: whether it was at work when it was hit
    """
    pid = fork(name, work)
    end = time.monotonic() + CHANCE.uniform(0.01, most)
    while time.monotonic() < end:
        done, _status = os.waitpid(pid, os.WNOHANG)
        if done:
            return False
        time.sleep(0.003)
    if how:
        how()
        os.waitpid(pid, 0)
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        gone(name)
    return True


def gone(name):
    """Wait until PostgreSQL has noticed that the killed process is gone: what it had not committed is taken back."""
    ours = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND pid != pg_backend_pid()"
    for _try in range(2000):
        if not sql("postgres", ours, [name]):
            return
        time.sleep(0.005)
    raise SystemExit("a killed process is still connected")


class Round:
    """A kind of fault: how often it was tried, and what came of it."""

    def __init__(self, what):
        self.what, self.tried, self.lost, self.doubled, self.blocked, self.said = what, 0, 0, 0, 0, []
        say(f"{what} …")
        RESULTS.append(self)

    def hit(self, found):
        """One more try.

        :param found: {invariant: rows that break it}, after it
        """
        self.tried += 1
        self.look(found)
        if self.tried % 10 == 0:
            say(f"  {self.tried} tried, {self.lost} lost, {self.doubled} doubled")

    def look(self, found):
        """:param found: {invariant: rows that break it}, at the end of a database"""
        if found:
            self.lose(f"after try {self.tried}: {found}")

    def lose(self, what, count=1):
        self.lost += count
        self.note(what)
        say(f"LOST {self.what}: {what}")

    def note(self, sentence):
        """What the table says beside the numbers; the same sentence once."""
        if sentence not in self.said:
            self.said.append(sentence)

    def compare(self, got, wanted, what):
        """:param got, wanted: rows after the faults and without any"""
        missing, more = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
        self.doubled += sum(more.values())
        if missing or more:
            such = f"(such as {list(missing)[:1]}), {sum(more.values())} more ({list(more)[:1]})"
            self.lose(f"{what}: {sum(missing.values())} missing {such}", sum(missing.values()))
        else:
            self.note(f"{len(wanted)} {what} as undisturbed")


class Work(NamedTuple):
    """What is broken off: ``act`` in copies of ``template`` until ``pending`` (SQL) counts nothing any more, then ``ends`` behind it."""

    name: str
    template: str
    act: Callable
    pending: str
    ends: tuple[Callable, ...]
    # SQL: what came of it, the same rows however often it was broken off; and what those rows are
    rows: str | None = None
    rows_are: str = ""
    # the planner ran to its end behind it: also what holds at rest is asked
    planned: bool = False
    in_batches: bool = True


def undisturbed(work):
    """Do the work once in a copy: how long it takes is how late a kill may come, and its rows are those that must come of it."""
    name = copy(named("calm"), work.template)
    Registry(name)
    TIMES[work.name] = must(name, work.act)
    for end in work.ends:
        must(name, end)
    if work.rows:
        WANTED[work.name] = sql(name, work.rows)
    if left := sql(name, work.pending)[0][0]:
        raise SystemExit(f"{work.name}: {left} are left without any fault")
    say(f"  {work.name} undisturbed: {TIMES[work.name]:.1f} s")


def break_off(title, count, work, how=None):
    """Break ``work`` off ``count`` times, in as many copies of its database as that takes; after each, what holds at any time is asked.

    :param how: as in :func:`hit_within`
    :return: the round, and the name of the last copy, in which all is done
    """
    result, name = Round(title), named(work.name)
    most = TIMES[work.name] * (STRETCH if work.in_batches else 1)
    while result.tried < count:
        copy(name, work.template)
        Registry(name)
        while result.tried < count:
            if hit_within(name, work.act, most, how):
                result.hit(broken(name, at_rest=False))
            if not sql(name, work.pending)[0][0]:
                break
        for end in (work.act, *work.ends):
            must(name, end)
        result.look(broken(name, at_rest=work.planned))
        if left := sql(name, work.pending)[0][0]:
            result.lose(f"{left} are never done", left)
        if work.rows:
            result.compare(sql(name, work.rows), WANTED[work.name], work.rows_are)
    return result, name


# ------------------------------------------------------------------------------------------------------------------------------
# Kinds of work
# ------------------------------------------------------------------------------------------------------------------------------


def plan(env):
    env["touch.enrollment"]._cron_plan_touches()


def planner(count):
    """:return: the name of a database in which all is planned"""
    due = copy(named("due"))
    Registry(due)
    must(due, enrol)
    undisturbed(planning(due))
    _result, name = break_off("killed: planner", count, planning(due))
    return copy(named("base"), name)


def planning(due, name="planner"):
    """:param name: of the databases in which it is broken off"""
    TIMES[name], WANTED[name] = TIMES.get("planner"), WANTED.get("planner")
    return Work(
        name, due, plan, "SELECT count(*) FROM touch_enrollment WHERE state = 'running' AND next_date <= now() AT TIME ZONE 'UTC'",
        (), TOUCHES, "touches", planned=True,
    )  # fmt: skip


# who is enrolled, however the work was cut into pieces
ENROLMENTS = "SELECT lead_id, cadence_id, state, run FROM touch_enrollment ORDER BY lead_id"


def jobs(count):
    """Enrolling thousands in the background."""

    def begin(env):
        env["touch.job"].search([]).unlink()
        manager = env["res.users"].search([("login", "=", "manager")])
        standard = env.ref("touch_cadence.touch_cadence_standard")
        wizard = env(user=manager.id)["touch.enroll"].create({"model": "crm.lead", "res_ids": deals(env).ids, "cadence_id": standard.id})
        wizard.action_enroll()

    def act(env):
        env["touch.job"]._cron_work()

    pending = "SELECT count(*) FROM touch_job WHERE state != 'done' OR position != total"
    work = Work("jobs", prepared("jobs", TEMPLATE, begin), act, pending, (), ENROLMENTS, "enrolments")
    undisturbed(work)
    break_off("killed: background jobs", count, work)


def rules(count):
    """Enrolling thousands by a cadence's rule."""

    def begin(env):
        env["touch.cadence"].search([]).auto_enroll = False
        env.ref("touch_cadence.touch_cadence_standard").write({"auto_enroll": True, "domain": "[('type', '=', 'opportunity')]"})

    def act(env):
        env["touch.cadence"]._cron_enroll_by_rule()

    pending = "SELECT count(*) FROM crm_lead WHERE NOT EXISTS (SELECT FROM touch_enrollment WHERE lead_id = crm_lead.id)"
    # the cursor may stand at the end: the next day begins anew
    work = Work("rules", prepared("rules", TEMPLATE, begin), act, pending, (act,), ENROLMENTS, "enrolments")
    undisturbed(work)
    break_off("killed: enrolling by rule", count, work)


def prepared(what, template, begin):
    """:return: the name of a copy of ``template`` in which ``begin`` was done"""
    name = copy(named(f"{what}_due"), template)
    Registry(name)
    must(name, begin)
    return name


def night(count, base):
    """Cooling, figures, what the calendar brings, days that are full; on a base that is planned."""

    def begin(env):
        env.company.write({"touch_per_day": 5, "touch_cool_days": 10})
        env.cr.execute("UPDATE crm_lead SET temperature = 'warm', temperature_date = now() - interval '20 days' WHERE id % 4 = 0")
        env.cr.execute("UPDATE res_partner SET birthdate_date = now() - interval '40 years' WHERE id % 3 = 0 AND email LIKE 'client%'")
        env.cr.execute(
            "UPDATE touch_touch SET date_deadline = now()::date + CASE WHEN id % 4 = 0 THEN 0 ELSE 30 END WHERE state = 'planned'"
        )
        env.cr.execute(
            "UPDATE mail_activity SET date_deadline = touch.date_deadline FROM touch_touch touch WHERE activity_id = mail_activity.id"
        )

    def act(env):
        planner = env["touch.planner"]
        planner._cron_cool()
        planner._cron_night()
        planner._cron_see_purchases()

    pending = f"""SELECT (SELECT count(*) FROM crm_lead WHERE temperature = 'warm' AND temperature_date < now() - interval '10 days')
                       + GREATEST(0, (SELECT count(*) FROM touch_touch WHERE state = 'planned' AND date_deadline <= now()::date) - {5 * REPS})"""
    work = Work("night", prepared("night", base, begin), act, pending, (plan,), planned=True, in_batches=False)
    undisturbed(work)
    result, _name = break_off("killed: night", count, work)
    result.note("750 cooled, and no day of a salesperson with more than it takes, in each of its databases")


def experts(count):
    """Places are asked for, given, declined, given again."""

    def ask(env):
        env["crm.lead"].search([("booking_ids", "=", False)], order="id", limit=30).ask_expert()

    def act(env):
        bookings = env["touch.expert.booking"]
        for _turn in range(3):
            for booking in bookings.search([("state", "=", "booked")], order="id", limit=6):
                booking.action_decline("Busy")
                env.cr.commit()
                booking.without_ids = False
                env.cr.commit()
            bookings._cron_assign()

    name = copy(named("experts"))
    Registry(name)
    must(name, ask)
    TIMES["experts"] = must(name, act)
    say(f"  experts undisturbed: {TIMES['experts']:.1f} s")
    result = Round("killed: experts")
    while result.tried < count:  # whom one declines another helps: there is always work
        if hit_within(name, act, TIMES["experts"] * STRETCH):
            result.hit(broken(name, at_rest=False))
    must(name, lambda env: env["touch.expert.booking"]._cron_assign())
    result.look(broken(name, at_rest=False))
    [[asked, booked]] = sql(name, "SELECT count(*), count(*) FILTER (WHERE state = 'booked') FROM touch_expert_booking")
    result.note(f"{asked} asked, {booked} have a place, nobody is at two places or over the hours of a week")


def desk(count, base):
    """Reps tick touches; what the desk sends again after a lost connection is done once."""
    name = copy(named("desk"), base)
    Registry(name)
    result, acts = Round("killed: desk"), []
    codes = ("reached", "no_answer", "interested", "not_now", "clear_no", "bought")
    with environment(name) as env:
        outcomes = [env.ref(f"touch_cadence.touch_outcome_{code}").id for code in codes]

    def batch():
        rows = sql(name, "SELECT id, user_id FROM touch_touch WHERE state = 'planned' AND user_id IS NOT NULL ORDER BY id LIMIT 12")
        its = [(touch, user, CHANCE.choice(outcomes), f"key-{touch}-{len(acts)}") for touch, user in rows]
        acts.extend(its)
        return its

    def sent(its):
        def act(env):
            for touch, user, outcome, key in its:
                env(user=user)["touch.desk"].act(touch, "done", {"outcome_id": outcome, "note": key}, key)
                env.cr.commit()

        return act

    TIMES["desk"] = must(name, sent(batch()))
    while result.tried < count:
        its = batch()
        if hit_within(name, sent(its), TIMES["desk"]):
            result.hit(broken(name, at_rest=False))
        if run(name, sent(its)) != FINE:  # the desk sends all of it again
            result.lose(f"what is sent again is refused: {its[0]}")
    for touch, _user, outcome, key in acts:
        rows = sql(name, "SELECT state, outcome_id, note FROM touch_touch WHERE id = %s", [touch])
        if rows != [("done", outcome, key)]:
            result.lose(f"touch {touch}: {rows}")
    [[twice]] = sql(name, "SELECT count(*) - count(DISTINCT note) FROM touch_touch WHERE note LIKE 'key-%%'")
    result.doubled += twice
    must(name, plan)
    result.look(broken(name))
    result.note(f"{len(acts)} acts of reps, each done once")


def terminated(count):
    """Back ends are terminated under the planner."""
    backends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid != pg_backend_pid()"
    break_off("back ends terminated", count, planning(named("due"), "cut"), how=lambda: sql("postgres", backends, [named("cut")]))


def restarts(count):
    """PostgreSQL restarts under the planner."""
    break_off("PostgreSQL restarted", count, planning(named("due"), "restarted"), how=restart_postgres)


def restart_postgres():
    wb = ROOT / ".workbench"
    port = (wb / "pgport").read_text().strip()
    subprocess.run([wb / "pgctl", "stop"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([wb / "pgctl", "start", port], check=True, stdout=subprocess.DEVNULL)


# ------------------------------------------------------------------------------------------------------------------------------
# Two hosts, with people at work
# ------------------------------------------------------------------------------------------------------------------------------

# refusals that a person reads
SENTENCES = ("UserError", "AccessError", "ValidationError", "MissingError", "RedirectWarning")


class Refused(Exception):
    """A server's answer that is an error. ``kind``: its class."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


class People(threading.Thread):
    """A rep or manager at work over HTTP, whatever happens to the server; what was refused with a sentence is no fault."""

    def __init__(self, login, servers, stop):
        super().__init__(daemon=True)
        self.login, self.servers, self.stop = login, servers, stop
        self.uid, self.calls, self.refused, self.cut, self.strange = None, 0, 0, 0, []
        # what the server said was done: {touch id: note} of touches ticked, {note: deals} of touches logged
        self.ticked, self.logged = {}, {}
        self.chance = random.Random(f"{CHANCE.random()}{login}")

    def run(self):
        while not self.stop.is_set():
            try:
                if self.uid is None:
                    self.uid = self.ask("common", "authenticate", self.login, self.login, {})
                self.work()
            except Refused as error:
                # a transaction that is cut off with its connection is sent again by whoever asked
                cut = any(
                    one in str(error) for one in ("OperationalError", "InterfaceError", "PoolError", "could not serialize", "onnection")
                )
                self.cut, self.refused = self.cut + cut, self.refused + (not cut)
                if not cut and not any(f"exceptions.{one}" in error.kind for one in SENTENCES):
                    self.strange.append(str(error)[-400:])
            except (OSError, ValueError, http.client.HTTPException):  # the server is gone, or went in the middle of its answer
                self.cut += 1
                self.stop.wait(0.3)

    def ask(self, service, method, *args):
        server = self.chance.choice(self.servers)
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {"service": service, "method": method, "args": [server.database, *args]},
        }
        request = urllib.request.Request(f"{server.url}/jsonrpc", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            said = json.load(answer)
        if "error" in said:
            data = said["error"]["data"]
            raise Refused(data["name"], f"{data['message']} {data['debug']}")
        return said["result"]

    def call(self, model, method, *args, **kwargs):
        self.calls += 1
        return self.ask("object", "execute_kw", self.uid, self.login, model, method, list(args), kwargs)

    def work(self):
        if self.login == "manager":
            cadences = self.call("touch.cadence", "search", [["model", "=", "crm.lead"]])
            leads = self.call("crm.lead", "search", [], limit=5, offset=self.chance.randrange(LEADS - 5))
            self.call("touch.cadence", "preview_enroll", cadences[:1], leads)
            self.call("touch.cadence", "enroll", cadences[:1], leads)
            self.call("touch.cadence", "write", cadences[:1], {"reply_days": self.chance.randint(1, 5)})
            self.call("crm.lead", "write", leads[:1], {"phone": f"+32473{self.chance.randrange(999999):06}"})
            return
        loaded = self.call("touch.desk", "load")
        for card in list(loaded["cards"])[:3]:
            act, values = self.chance.choice(
                (
                    ("done", {"outcome_id": self.chance.choice(loaded["outcomes"])["id"], "note": f"{self.login} ticked {card}"}),
                    ("skip", {"reason": "later"}),
                    ("snooze", {"until": str(fields.Date.today() + timedelta(days=3))}),
                    ("pause", {}),
                )
            )
            for _twice in range(2):
                answer = self.call("touch.desk", "act", int(card), act, values, f"{self.login}-{card}-{act}")
                if act == "done" and answer["ok"] and not answer["message"]:
                    self.ticked[int(card)] = values["note"]
        leads = self.call("crm.lead", "search", [["user_id.login", "=", self.login]], limit=3, offset=self.chance.randrange(50))
        note = f"{self.login} logged {self.calls}"
        self.call("crm.lead", "log_touch", leads, {"channel": "call", "direction": "in", "note": note})
        self.logged[note] = leads


def hosts(count):
    """Two servers with crons on one database, people at both of them; one is killed, or its back ends are, again and again."""
    from conftest import Server

    name = copy(named("hosts"), named("due"))
    with environment(name) as env:
        cron = env.ref("touch_cadence.ir_cron_plan_touches")
        for xmlid in ("plan_touches", "assign_experts", "work", "night"):
            env.ref(f"touch_cadence.ir_cron_{xmlid}").write({"active": True, "nextcall": "2020-01-01"})
        cron.code = "model._cron_plan_touches(0, 2)"
        cron.copy({"code": "model._cron_plan_touches(1, 2)", "nextcall": "2020-01-01", "active": True})
        env.cr.commit()
    odoo.sql_db.close_all()
    Registry.delete(name)
    result = Round("two hosts with people at work, one killed")
    servers, stop = [Server(name, crons=2).wait() for _host in range(2)], threading.Event()
    people = [People(login, servers, stop) for login in ("manager", *(f"rep{number}" for number in range(4)))]
    for one in people:
        one.start()
    while result.tried < count:
        # killed crons are put off for an hour by Odoo after three times: here they are not
        sql(name, "UPDATE ir_cron SET failure_count = 0, first_failure_date = NULL, nextcall = '2020-01-01' WHERE active")
        sql(
            name,
            "UPDATE touch_enrollment SET next_date = %s WHERE state = 'running' AND id %% 7 = %s",
            [DUE, result.tried % 7],
        )
        sql("postgres", "SELECT pg_notify('cron_trigger', %s)", [name])
        stop.wait(CHANCE.uniform(1, 5))
        which = CHANCE.randrange(2)
        if result.tried % 2:
            sql(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND random() < 0.5 AND pid != pg_backend_pid()",
                [name],
            )
        servers[which].stop(signal.SIGKILL)
        result.hit(broken(name, at_rest=False))
        servers[which] = Server(name, crons=2).wait()
    stop.set()
    for one in people:
        one.join(60)
    for server in servers:
        server.stop()
    gone(name)
    Registry(name)
    if run(name, plan) != FINE:
        result.lose("the planner fails afterwards")
    result.look(broken(name))
    _look_what_people_did(result, name, people)
    strange = [text for one in people for text in one.strange]
    if strange:
        result.lose(f"{len(strange)} answers are tracebacks, such as {strange[0]}", len(strange))
    counts = [sum(getattr(one, what) for one in people) for what in ("calls", "refused", "cut")]
    result.note("{} calls of people, {} refused with a sentence, {} cut off and sent again".format(*counts))


def _look_what_people_did(result, name, people):
    """What the server said was done is there, once."""
    ticked = {touch: note for one in people for touch, note in one.ticked.items()}
    there = dict(sql(name, "SELECT id, note FROM touch_touch WHERE state = 'done' AND id = ANY(%s)", [list(ticked)]))
    for touch in ticked:
        if ticked[touch] not in (there.get(touch) or ""):
            result.lose(f"touch {touch} was ticked, and is not done: {there.get(touch)}")
    times = Counter(note for [note] in sql(name, "SELECT note FROM touch_touch WHERE note LIKE '%% logged %%'"))
    logged = {note: leads for one in people for note, leads in one.logged.items() if leads}
    for note, leads in logged.items():
        if not times[note]:
            result.lose(f"“{note}” was logged, and is not there")
        result.doubled += times[note] > len(leads)
    result.note(f"{len(ticked)} touches ticked and {len(logged)} logged over HTTP are there, once")


# ------------------------------------------------------------------------------------------------------------------------------
# Broken data
# ------------------------------------------------------------------------------------------------------------------------------


# what goes on around a broken client: the words for it, and the work
LIFE = (
    ("planner", plan),
    ("rules", lambda env: env["touch.cadence"]._cron_enroll_by_rule()),
    ("night", lambda env: env["touch.planner"]._cron_night()),
    ("planner again", plan),
    ("desk", lambda env: _everybody_loads(env)),
)
# a moment that has come. Odoo's moments are whole seconds: one with a part of a second lies ahead until the next second begins, and planners and
# night in a small database are through by then
DUE = "2026-01-01 00:00:00"
# how often a kind is tried when its database goes away meanwhile, which is no fault of the kind
CUT_OFF = 3


def broken_data(count, base):
    """Each kind is planted in a copy; then planner, rules, night and desks run, with 60 sound deals due beside the broken one."""
    result, refused, blocked = Round("broken data"), [], []
    base = _fewer_runs(base)
    victim, beside = _victim_and_sound_touches(base)
    kinds = list(broken_kinds.KINDS.items())
    for kind, statement in kinds if count >= len(kinds) else CHANCE.sample(kinds, count):
        for _try in range(CUT_OFF):
            name = copy(named("broken"), base)
            if not _plant(name, statement, victim):
                refused.append(kind)
                told = []
                break
            told = _live_with(name, beside)
            if told is not None:
                told += _harm_to_others(name, kind)
                break
            say(f"  the database went away under {kind!r}: again")
        else:
            told = [f"its database went away {CUT_OFF} times"]
        if not told and sql(name, "SELECT 1 FROM touch_enrollment WHERE state = 'blocked' LIMIT 1"):
            blocked.append(kind)
        result.hit({kind: told} if told else None)
    result.blocked = len(blocked)
    result.note(f"{result.tried} kinds; refused by the database: {', '.join(refused) or 'none'}")
    result.note(f"blocked alone, with a sentence: {', '.join(blocked) or 'none'}")


def _fewer_runs(base):
    """:return: the name of a copy in which every seventh client is in a cadence; a night decides all of them again, in each kind's copy"""
    name = copy(named("few"), base)
    sql(
        name,
        """DELETE FROM mail_activity WHERE id IN (SELECT activity_id FROM touch_touch WHERE client_key % 7 != 0);
           DELETE FROM touch_touch WHERE client_key % 7 != 0;
           DELETE FROM touch_enrollment WHERE client_key % 7 != 0""",
        None,
    )
    return name


def _victim_and_sound_touches(base):
    """:return: {name: id} of a deal with a planned touch, its contact and its salesperson; and ids of 60 touches of other salespeople"""
    with environment(base) as env:
        touches = env["touch.touch"]
        planned = [("state", "=", "planned"), ("lead_id", "!=", False)]
        lead = touches.search([*planned, ("partner_id", "!=", False)], limit=1).lead_id
        sound = touches.search([*planned, ("lead_id", "!=", lead.id), ("user_id", "!=", lead.user_id.id)], limit=60)
        return {"lead": lead.id, "partner": lead.partner_id.id, "user": lead.user_id.id}, sound.ids


def _plant(name, statement, victim):
    """:return: whether the database takes it"""
    try:
        sql(name, statement, victim)
    except psycopg2.IntegrityError:
        return False
    return True


def _live_with(name, beside):
    """The sound clients' touches were made, so that they are due; then all that goes on around the broken one.

    :return: what failed, as sentences; None when the database was taken from outside
    """
    sql(
        name,
        """WITH made AS (UPDATE touch_touch SET state = 'done', counts = TRUE, date_done = now() - interval '1 day' WHERE id = ANY(%s)
                         RETURNING enrollment_id, activity_id),
                gone AS (DELETE FROM mail_activity WHERE id IN (SELECT activity_id FROM made))
           UPDATE touch_enrollment SET touch_count = touch_count + 1, next_date = %s WHERE id IN (SELECT enrollment_id FROM made)""",
        [beside, DUE],
    )
    Registry.delete(name)  # what was planted is read anew
    Registry(name)
    report = ROOT / ".workbench" / "logs" / f"{name}.log"
    report.write_text("")

    def life(env):
        for what, part in LIFE:
            try:
                part(env)
                env.cr.commit()
            except Exception as error:
                env.cr.rollback()  # raises where the connection is gone: that is no fault of the kind
                with report.open("a") as log:
                    log.write(f"{what} fails: {type(error).__name__} {error}"[:300].replace("\n", " ") + "\n")

    ended = run(name, life)
    if ended == CUT:
        return None
    return report.read_text().splitlines() + ([] if ended == FINE else ["the process fails"])


def _everybody_loads(env):
    for user in env["res.users"].search([("login", "like", "rep%")]):
        env(user=user.id)["touch.desk"].load()
    env["touch.enrollment"].search([], limit=200).mapped("why")


def _harm_to_others(name, kind):
    """:return: what the broken client does to others, as sentences: a second one blocked, or an invariant that is broken elsewhere"""
    told = []
    [[blocked]] = sql(name, "SELECT count(*) FROM touch_enrollment WHERE state = 'blocked'")
    if blocked > 1:
        told.append(f"{blocked} are blocked, not one")
    found = {invariant: rows for invariant, rows in broken(name).items() if (kind, invariant) not in broken_kinds.PLANTED}
    return told + [f"{invariant}: {rows}" for invariant, rows in found.items()]


# ------------------------------------------------------------------------------------------------------------------------------


def row(result):
    """:return: a round as a row of the table"""
    survived = result.tried - min(result.lost + result.doubled, result.tried)
    return (result.what, result.tried, survived, result.lost, result.doubled, result.blocked, "; ".join(result.said)[:800])


def table():
    """Print what was tried.

    :return: the status to end with: 1 where anything was lost or doubled
    """
    head = ("fault", "tried", "survived", "lost", "doubled", "blocked", "")
    for cells in (head, ("---",) * 7, *map(row, RESULTS)):
        print("| " + " | ".join(map(str, cells)) + " |")
    killed = sum(one.tried for one in RESULTS if "killed" in one.what)
    lost, doubled = sum(one.lost for one in RESULTS), sum(one.doubled for one in RESULTS)
    print(f"\n{killed} kills; lost: {lost}; doubled: {doubled}; {time.monotonic() - STARTED:.0f} seconds, seed {ARGS.seed}")
    return 1 if lost or doubled else 0


def main():
    def wants(what):
        return not ARGS.only or what in ARGS.only.split(",")

    def scaled(number):
        return max(1, round(number * ARGS.scale))

    from odoo.addons.touch_cadence.models.background import touch_job
    from odoo.addons.touch_cadence.models.enrollment import touch_cadence_enroll
    from odoo.addons.touch_cadence.models.plan import touch_review

    lock = open(ROOT / ".workbench" / f"faults-{ARGS.beside}.lock", "w")  # noqa: SIM115 - held as long as the process lives
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"“{ARGS.beside}” runs already, and would lose its databases to this run: --beside names another") from None
    # small batches: more points between which something can be lost
    touch_review.PLAN_BATCH = touch_cadence_enroll.ENROLL_BATCH = touch_job.BATCH = BATCH
    # those that begin where all is planned
    on_base = {"hosts", "night", "desk", "terminated", "restarts", "broken"}
    base = None
    if any(map(wants, on_base | {"planner"})):
        base = planner(scaled(KILLS["planner"]) if wants("planner") else 1)
    for what, times, act in (
        *((what, KILLS[what], act) for what, act in (("jobs", jobs), ("rules", rules), ("experts", experts), ("hosts", hosts))),
        ("night", KILLS["night"], lambda count: night(count, base)),
        ("desk", KILLS["desk"], lambda count: desk(count, base)),
        ("terminated", TERMINATED, terminated),
        ("restarts", RESTARTS, restarts),
        ("broken", len(broken_kinds.KINDS), lambda count: broken_data(count, base)),
    ):
        if wants(what):
            act(scaled(times))
            say(f"  {row(RESULTS[-1])}")
    status = table()
    for [name] in sql("postgres", "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [named("")]):
        drop(name)
    return status


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["prepare"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument(
        "--only", help="planner, jobs, rules, night, experts, desk, hosts, terminated, restarts, broken; with commas between"
    )
    parser.add_argument("--beside", default="one", help="a word, to run some kinds beside others; restarts run alone")
    ARGS = parser.parse_args()
    CHANCE, STARTED = random.Random(ARGS.seed), time.monotonic()
    config.parse_config(["-c", str(ROOT / ".workbench" / "odoo.conf"), "--log-level=critical", "--max-cron-threads=0"])
    with mute_logger("odoo.sql_db"):
        sys.exit(prepare() if ARGS.what == "prepare" else main())
