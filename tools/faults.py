"""Break things on purpose, and count what is lost: see tools/faults for how it is called.

Each kind of work runs in a process that is forked from a warm one, so that a kill costs no start-up, and is killed after a random (seeded) part of
the time that it takes undisturbed. Work that is over before the kill comes is not counted as a kill, and begins again.
"""

import argparse
import contextlib
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
from datetime import timedelta

import odoo.sql_db
import psycopg2
from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config, mute_logger

ROOT = pathlib.Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "system")]
import db  # noqa: E402
import invariants  # noqa: E402

TEMPLATE = "tpl_faults"
LEADS, REPS, BATCH = 3000, 10, 40
# kills of each kind of work; 200 in all
KILLS = {"planner": 60, "jobs": 30, "rules": 20, "night": 20, "experts": 30, "desk": 30, "hosts": 10}
TERMINATED, RESTARTS = 50, 10
IN_BATCHES, STRETCH = ("planner", "jobs", "rules", "experts"), 1.5
# what a touch is, without what depends on who came first (ids, moments)
TOUCHES = """SELECT lead_id, partner_id, number, purpose, channel, reason_id, step_id, user_id, date_deadline, state
             FROM touch_touch ORDER BY lead_id, partner_id, number, state, id"""
RESULTS = []


def say(text):
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
    :return: the process' id. It ends with 0, or 1 when ``work`` failed
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
        os._exit(0)
    except BaseException:
        if os.environ.get("FAULTS_TRACE"):
            traceback.print_exc()
        os._exit(1)


def run(name, work):
    """:return: seconds that ``work`` takes, and whether it came to its end"""
    began = time.monotonic()
    _pid, status = os.waitpid(fork(name, work), 0)
    return time.monotonic() - began, status == 0


def kill_within(name, work, most, how=None):
    """Begin ``work`` and kill it after a random part of ``most`` seconds.

    :param how: what else is done to it than SIGKILL, given the process' id
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
        how(pid)
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
        self.what, self.tried, self.lost, self.doubled, self.said = what, 0, 0, 0, []
        say(f"{what} …")
        RESULTS.append(self)

    def hit(self, found):
        """:param found: invariants that are broken after this try"""
        self.tried += 1
        if found:
            self.lost += 1
            self.said.append(f"try {self.tried}: {found}")
            say(f"LOST {self.what}: {found}")

    def compare(self, got, wanted, what="touches"):
        """:param got, wanted: rows after the faults and without any"""
        missing, more = Counter(wanted) - Counter(got), Counter(got) - Counter(wanted)
        if missing or more:
            self.lost += sum(missing.values())
            self.doubled += sum(more.values())
            self.said.append(
                f"{what}: {sum(missing.values())} missing (such as {list(missing)[:1]}), {sum(more.values())} more ({list(more)[:1]})"
            )
            say(f"LOST {self.what}: {self.said[-1]}")
        else:
            self.said.append(f"{len(wanted)} {what} as undisturbed")


def kills(what, count, name, work, *, all_done):
    """Kill ``work`` ``count`` times in a database; after each kill all invariants that hold at any time hold.

    :param all_done: called with nothing; whether no work is left, so that another database is needed
    """
    result = Round(f"killed: {what}")
    # work that commits batch by batch goes on where it was killed: short stretches reach every part of it
    most = min(TIMES[what], STRETCH) if what in IN_BATCHES else TIMES[what]
    while result.tried < count:
        if kill_within(name, work, most):
            result.hit(broken(name, at_rest=False))
        if all_done():
            break
    return result


# ------------------------------------------------------------------------------------------------------------------------------
# Kinds of work
# ------------------------------------------------------------------------------------------------------------------------------

TIMES = {}


def plan(env):
    env["touch.enrollment"]._cron_plan_touches()


def measured(what, template, name, work):
    """Run ``work`` once undisturbed in a copy: how long it takes is how late a kill may come.

    :return: the copy's name
    """
    copy(name, template)
    Registry(name)
    TIMES[what], fine = run(name, work)
    if not fine:
        raise SystemExit(f"{what} fails without any fault")
    say(f"  undisturbed: {TIMES[what]:.1f} s")
    return name


def planner(count):
    copy(named("due"))
    run(named("due"), enrol)
    undisturbed = measured("planner", named("due"), named("calm"), plan)
    wanted = [tuple(row) for row in sql(undisturbed, TOUCHES)]
    name = copy(named("planner"), named("due"))
    Registry(name)
    due = "SELECT count(*) FROM touch_enrollment WHERE state = 'running' AND next_date <= now() AT TIME ZONE 'UTC'"
    left = count
    total = None
    while left > 0:  # a database takes so many kills until all is planned; then the next one
        result = kills("planner", left, name, plan, all_done=lambda name=name: not sql(name, due)[0][0])
        left -= result.tried
        run(name, plan)
        if found := broken(name):
            result.hit(found)
        result.compare([tuple(row) for row in sql(name, TOUCHES)], wanted)
        if total is None:
            total = result
        else:
            RESULTS.remove(result)
            total.tried, total.lost, total.doubled = total.tried + result.tried, total.lost + result.lost, total.doubled + result.doubled
            total.said = result.said[-1:] if not result.lost else total.said + result.said
        if left > 0:
            name = copy(named("planner"), named("due"))
            Registry(name)
    return name


def jobs(count):
    """Enrolling thousands in the background."""

    def begin(env):
        env["touch.job"].search([]).unlink()
        manager = env["res.users"].search([("login", "=", "manager")])
        mine = env(user=manager.id)
        wizard = mine["touch.enroll"].create(
            {"model": "crm.lead", "res_ids": deals(env).ids, "cadence_id": env.ref("touch_cadence.touch_cadence_standard").id}
        )
        wizard.action_enroll()

    def work(env):
        env["touch.job"]._cron_work()

    name = copy(named("jobs_due"))
    Registry(name)
    run(name, begin)
    calm = measured("jobs", name, named("calm"), work)
    enrolled = "SELECT lead_id, cadence_id, state, run FROM touch_enrollment ORDER BY lead_id"
    wanted = sql(calm, enrolled)
    left, total = count, None
    pending = "SELECT count(*) FROM touch_job WHERE state IN ('waiting', 'running')"
    while left > 0:
        name = copy(named("jobs"), named("jobs_due"))
        Registry(name)
        result = kills("jobs", left, name, work, all_done=lambda: not sql(named("jobs"), pending)[0][0])
        left -= result.tried
        run(name, work)
        result.compare(sql(name, enrolled), wanted, "enrolments")
        [[state, position, whole]] = sql(name, "SELECT state, position, total FROM touch_job")
        if (state, position) != ("done", whole):
            result.hit({"the job is done": [(state, position, whole)]})
        total = total or result
        if result is not total:
            RESULTS.remove(result)
            total.tried, total.lost, total.doubled = total.tried + result.tried, total.lost + result.lost, total.doubled + result.doubled


def rules(count):
    def begin(env):
        env["touch.cadence"].search([]).auto_enroll = False
        env.ref("touch_cadence.touch_cadence_standard").write({"auto_enroll": True, "domain": "[('type', '=', 'opportunity')]"})

    def work(env):
        env["touch.cadence"]._cron_enroll_by_rule()

    name = copy(named("rules_due"))
    Registry(name)
    run(name, begin)
    calm = measured("rules", name, named("calm"), work)
    enrolled = "SELECT lead_id, cadence_id, state, run FROM touch_enrollment ORDER BY lead_id"
    wanted = sql(calm, enrolled)
    total = None
    while (total.tried if total else 0) < count:
        name = copy(named("rules"), named("rules_due"))
        Registry(name)
        result = kills(
            "rules", count - (total.tried if total else 0), name, work, all_done=lambda: len(sql(named("rules"), enrolled)) >= len(wanted)
        )
        for _day in range(2):  # the cursor may stand at the end: the next day begins anew
            run(name, work)
        result.compare(sql(name, enrolled), wanted, "enrolments")
        total = total or result
        if result is not total:
            RESULTS.remove(result)
            total.tried, total.lost, total.doubled = total.tried + result.tried, total.lost + result.lost, total.doubled + result.doubled


def night(count, base):
    """Cooling, figures, what the calendar brings, days that are full; on a base that is planned."""

    def begin(env):
        env.company.write({"touch_per_day": 20, "touch_cool_days": 10})
        env.cr.execute("UPDATE crm_lead SET temperature = 'warm', temperature_date = now() - interval '20 days' WHERE id %% 2 = 0")
        env.cr.execute("UPDATE res_partner SET birthdate_date = now() - interval '40 years' WHERE id %% 3 = 0 AND email LIKE 'client%%'")
        env.cr.execute("UPDATE touch_touch SET date_deadline = now() WHERE state = 'planned'")

    def work(env):
        planner = env["touch.planner"]
        planner._cron_cool()
        planner._cron_night()
        planner._cron_see_purchases()

    name = copy(named("night_due"), base)
    Registry(name)
    run(name, begin)
    measured("night", name, named("calm"), work)
    result = None
    while (result.tried if result else 0) < count:
        name = copy(named("night"), named("night_due"))
        Registry(name)
        cool = "SELECT count(*) FROM crm_lead WHERE temperature = 'warm' AND temperature_date < now() - interval '10 days'"
        late = "SELECT count(*) FROM touch_touch WHERE state = 'planned' AND date_deadline <= now()::date"

        def done(cool=cool, late=late):
            return not sql(named("night"), cool)[0][0] and sql(named("night"), late)[0][0] <= 20 * REPS

        more = kills("night", count - (result.tried if result else 0), name, work, all_done=done)
        for _night in range(2):
            run(name, work)
            run(name, plan)
        if found := broken(name):
            more.hit(found)
        if sql(name, cool)[0][0]:
            more.hit({"all silent clients cooled": sql(name, cool)})
        result = result or more
        if more is not result:
            RESULTS.remove(more)
            result.tried, result.lost, result.said = result.tried + more.tried, result.lost + more.lost, result.said + more.said


def experts(count):
    """Places are asked for, given, declined, given again."""
    name = copy(named("experts"))
    Registry(name)

    def ask(env):
        booking = env["touch.expert.booking"]
        booking.search([("state", "in", ("waiting", "booked"))])._not_needed("A new round")
        some = env["crm.lead"].search([("booking_ids", "=", False)], order="id", limit=30)
        some.ask_expert()

    def work(env):
        bookings = env["touch.expert.booking"]
        for _turn in range(3):
            for booking in bookings.search([("state", "=", "booked")], order="id", limit=6):
                booking.action_decline("Busy")
                env.cr.commit()
                booking.without_ids = False
                env.cr.commit()
            bookings._cron_assign()

    run(name, ask)
    TIMES["experts"], _fine = run(name, work)
    say(f"  undisturbed: {TIMES['experts']:.1f} s")
    result = kills("experts", count, name, work, all_done=lambda: False)  # whom one declines another helps: there is always work
    run(name, lambda env: env["touch.expert.booking"]._cron_assign())
    if found := broken(name, at_rest=False):
        result.hit(found)


def desk(count, base):
    """Reps tick touches; what the desk sends again after a lost connection is done once."""
    name = copy(named("desk"), base)
    Registry(name)
    result = Round("killed: desk")
    acts = []

    def batch():
        rows = sql(name, "SELECT id, user_id FROM touch_touch WHERE state = 'planned' AND user_id IS NOT NULL ORDER BY id LIMIT 12")
        with environment(name) as env:
            outcomes = [
                env.ref(f"touch_cadence.touch_outcome_{outcome}").id
                for outcome in ("reached", "no_answer", "interested", "not_now", "clear_no", "bought")
            ]
        return [(touch, user, CHANCE.choice(outcomes), f"key-{touch}-{len(acts)}") for touch, user in rows]

    def work(its):
        def act(env):
            for touch, user, outcome, key in its:
                env(user=user)["touch.desk"].act(touch, "done", {"outcome_id": outcome, "note": key}, key)
                env.cr.commit()

        return act

    took = None
    while result.tried < count:
        its = batch()
        acts.extend(its)
        if took is None:
            took, _fine = run(name, work(its))
            continue
        if kill_within(name, work(its), took):
            result.hit(broken(name, at_rest=False))
        _seconds, fine = run(name, work(its))  # the desk sends all of it again
        if not fine:
            result.hit({"what is sent again is taken": [its[0]]})
        its = None
    for touch, _user, outcome, key in acts:
        rows = sql(name, "SELECT state, outcome_id, note FROM touch_touch WHERE id = %s", [touch])
        if rows != [("done", outcome, key)]:
            result.lost += 1
            result.said.append(f"touch {touch}: {rows}")
    [[twice]] = sql(name, "SELECT count(*) - count(DISTINCT note) FROM touch_touch WHERE note LIKE 'key-%%'")
    result.doubled += twice
    run(name, plan)
    if found := broken(name):
        result.hit(found)
    result.said.append(f"{len(acts)} acts of reps, each done once")


def terminated(count):
    """Back ends are terminated under the planner."""
    name = copy(named("terminated"), named("due"))
    Registry(name)
    run(copy(named("calm"), named("due")), plan)
    wanted = [tuple(row) for row in sql(named("calm"), TOUCHES)]
    result = Round("back ends terminated")
    backends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid != pg_backend_pid()"
    while result.tried < count:
        if kill_within(name, plan, STRETCH, how=lambda pid, name=name: sql("postgres", backends, [name])):
            result.hit(broken(name, at_rest=False))
        if not sql(name, "SELECT 1 FROM touch_enrollment WHERE state = 'running' AND next_date <= now() AT TIME ZONE 'UTC' LIMIT 1"):
            run(name, plan)
            result.compare([tuple(row) for row in sql(name, TOUCHES)], wanted)
            name = copy(named("terminated"), named("due"))
            Registry(name)
    run(name, plan)
    if found := broken(name):
        result.hit(found)
    result.compare([tuple(row) for row in sql(name, TOUCHES)], wanted)
    result.said = result.said[-1:] if not result.lost else result.said


def restart_postgres():
    wb = ROOT / ".workbench"
    port = (wb / "pgport").read_text().strip()
    subprocess.run([wb / "pgctl", "stop"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([wb / "pgctl", "start", port], check=True, stdout=subprocess.DEVNULL)


def restarts(count):
    """PostgreSQL restarts under the planner."""
    name = copy(named("restarts"), named("due"))
    Registry(name)
    run(copy(named("calm"), named("due")), plan)
    wanted = [tuple(row) for row in sql(named("calm"), TOUCHES)]
    result = Round("PostgreSQL restarted")
    while result.tried < count:
        if kill_within(name, plan, STRETCH, how=lambda pid: restart_postgres()):
            result.hit(broken(name, at_rest=False))
        if not sql(name, "SELECT 1 FROM touch_enrollment WHERE state = 'running' AND next_date <= now() AT TIME ZONE 'UTC' LIMIT 1"):
            name = copy(named("restarts"), named("due"))
            Registry(name)
    run(name, plan)
    if found := broken(name):
        result.hit(found)
    result.compare([tuple(row) for row in sql(name, TOUCHES)], wanted)


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
                    ("done", {"outcome_id": self.chance.choice(loaded["outcomes"])["id"], "note": "said"}),
                    ("skip", {"reason": "later"}),
                    ("snooze", {"until": str(fields.Date.today() + timedelta(days=3))}),
                    ("pause", {}),
                )
            )
            for _twice in range(2):
                self.call("touch.desk", "act", int(card), act, values, f"{self.login}-{card}-{act}")
        leads = self.call("crm.lead", "search", [["user_id.login", "=", self.login]], limit=3, offset=self.chance.randrange(50))
        self.call("crm.lead", "log_touch", leads, {"channel": "call", "direction": "in", "note": "called"})


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
            "UPDATE touch_enrollment SET next_date = now() AT TIME ZONE 'UTC' WHERE state = 'running' AND id %% 7 = %s",
            [result.tried % 7],
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
    _seconds, fine = run(name, plan)
    if not fine:
        result.hit({"the planner runs afterwards": []})
    if found := broken(name):
        result.hit(found)
    strange = [text for one in people for text in one.strange]
    if strange:
        result.lost += len(strange)
        result.said.append(f"{len(strange)} answers are tracebacks, such as {strange[0]}")
    counts = [sum(getattr(one, what) for one in people) for what in ("calls", "refused", "cut")]
    result.said.append("{} calls of people, {} refused with a sentence, {} cut off and sent again".format(*counts))


# ------------------------------------------------------------------------------------------------------------------------------
# Broken data
# ------------------------------------------------------------------------------------------------------------------------------


def broken_kinds(env, lead):
    """:return: {kind: SQL that plants it, on the deal ``lead`` or beside it}"""
    partner, user = lead.partner_id.id, lead.user_id.id
    this = f"WHERE id = {lead.id}"
    run_ = f"WHERE lead_id = {lead.id}"
    touch = f"WHERE lead_id = {lead.id} AND state = 'planned'"
    reason = "INSERT INTO touch_reason (name, kind, domain, active, audience, recurrence, cold, warm, hot) VALUES ('{\"en_US\": \"Broken\"}', 'news', '%s', TRUE, 'all', 'once', TRUE, TRUE, TRUE)"
    return {
        "the client's time zone is unreadable": f"UPDATE res_partner SET tz = 'Mars/Olympus' WHERE id = {partner}",
        "the client's time zone is an old name": f"UPDATE res_partner SET tz = 'US/Eastern' WHERE id = {partner}",
        "the rep's time zone is unreadable": f"UPDATE res_partner SET tz = 'Nowhere' WHERE id = (SELECT partner_id FROM res_users WHERE id = {user})",
        "a reason's filter names a field that is gone": reason % "[(''gone_field'', ''='', 1)]",
        "a reason's filter is no filter": reason % "[[[",
        "a reason's text fills in what is unknown": 'UPDATE touch_reason SET text = \'{"en_US": "{{ nonsense }} {{ first_name"}\' WHERE id = (SELECT min(id) FROM touch_reason)',
        "a deal without anything": f"UPDATE crm_lead SET name = NULL, email_from = NULL, phone = NULL, email_normalized = NULL, phone_sanitized = NULL, street = NULL, team_id = NULL, user_id = NULL, partner_id = NULL {this}",
        "a number that is none": f"UPDATE crm_lead SET phone = 'ask Anna', phone_sanitized = NULL {this}",
        "an address that is none": f"UPDATE crm_lead SET email_from = 'nobody at nowhere', email_normalized = NULL {this}",
        "born in the year 1": f"UPDATE res_partner SET birthdate_date = '0001-01-01' WHERE id = {partner}",
        "born tomorrow": f"UPDATE res_partner SET birthdate_date = now() + interval '1 day' WHERE id = {partner}",
        "born on 29 February": f"UPDATE res_partner SET birthdate_date = '1980-02-29' WHERE id = {partner}",
        "a contact that is its own parent": f"UPDATE res_partner SET parent_id = {partner} WHERE id = {partner}",
        "a contact whose company is another contact's child": f"UPDATE res_partner SET commercial_partner_id = (SELECT max(id) FROM res_partner) WHERE id = {partner}",
        "the whys are no list": f"UPDATE touch_enrollment SET why_data = '5' {run_}",
        "the whys name no sentence": f'UPDATE touch_enrollment SET why_data = \'[["no_such_code", {{"a": 1}}]]\' {run_}',
        "the whys lack their values": f"UPDATE touch_touch SET why_data = '[[\"nth\", {{}}]]' {touch}",
        "the pauses are no pauses": f"UPDATE touch_enrollment SET pauses = '\"never\"', next_date = now() {run_}",
        "a pause that ends before it begins": f'UPDATE touch_enrollment SET pauses = \'[["2026-05-01", "2026-04-01"]]\', next_date = now() {run_}',
        "the activity was deleted": f"DELETE FROM mail_activity WHERE id IN (SELECT activity_id FROM touch_touch {touch})",
        "the activity was archived behind our back": f"UPDATE mail_activity SET active = FALSE WHERE id IN (SELECT activity_id FROM touch_touch {touch})",
        "the activity belongs to nobody": f"UPDATE mail_activity SET user_id = NULL WHERE id IN (SELECT activity_id FROM touch_touch {touch}); UPDATE touch_touch SET user_id = NULL {touch}",
        "the touch has neither step nor reason": f"UPDATE touch_touch SET step_id = NULL, reason_id = NULL {touch}",
        "the touch is planned for the year 1": f"UPDATE touch_touch SET date_deadline = '0001-01-01', date_planned = NULL {touch}",
        "the run began in 2999": f"UPDATE touch_enrollment SET date_start = '2999-01-01', next_date = now() {run_}",
        "the rep was archived": f"UPDATE res_users SET active = FALSE WHERE id = {user}",
        "the stage is gone": f"UPDATE crm_lead SET stage_id = NULL {this}",
        "the temperature is none": f"UPDATE crm_lead SET temperature = 'boiling' {this}",
        "the potential is none": f"UPDATE crm_lead SET potential = 'endless' {this}",
        "a channel's activity type was archived": "UPDATE mail_activity_type SET active = FALSE WHERE id = (SELECT min(id) FROM mail_activity_type WHERE touch_channel = 'email')",
        "a cadence lost its steps": "DELETE FROM touch_cadence_step WHERE cadence_id = (SELECT cadence_id FROM touch_enrollment "
        + run_
        + " LIMIT 1)",
        "a step of odd values": "UPDATE touch_cadence_step SET delay = 100000, times = 0, channel = NULL WHERE id = (SELECT max(id) FROM touch_cadence_step)",
        "a calendar without hours": "DELETE FROM resource_calendar_attendance WHERE calendar_id = (SELECT resource_calendar_id FROM res_company ORDER BY id LIMIT 1)",
        "a company without a calendar": "UPDATE res_company SET resource_calendar_id = NULL",
    }


def broken_data(count, base):
    """Each kind is planted in a copy; then planner, rule and night run, with 60 sound deals due beside the broken one."""
    result = Round("broken data")
    blocked, refused = {}, []
    with environment(base) as env:
        lead = (
            env["touch.touch"].search([("state", "=", "planned"), ("partner_id", "!=", False), ("lead_id", "!=", False)], limit=1).lead_id
        )
        kinds = broken_kinds(env, lead)
        beside = (
            env["touch.touch"]
            .search([("state", "=", "planned"), ("lead_id", "!=", lead.id), ("user_id", "!=", lead.user_id.id)], limit=60)
            .ids
        )
    chosen = list(kinds.items()) if count >= len(kinds) else CHANCE.sample(list(kinds.items()), count)
    for kind, statement in chosen:
        name = copy(named("broken"), base)
        try:
            sql(name, statement)
        except psycopg2.IntegrityError:  # the database itself does not take it
            refused.append(kind)
            result.hit(None)
            continue
        # sixty touches beside were made: their clients are due
        sql(
            name,
            """WITH made AS (UPDATE touch_touch SET state = 'done', reached = TRUE, date_done = now() - interval '1 day' WHERE id = ANY(%s)
                             RETURNING enrollment_id, activity_id),
                    gone AS (DELETE FROM mail_activity WHERE id IN (SELECT activity_id FROM made))
               UPDATE touch_enrollment SET touch_count = touch_count + 1, next_date = now() AT TIME ZONE 'UTC'
                WHERE id IN (SELECT enrollment_id FROM made)""",
            [beside],
        )
        Registry.delete(name)
        Registry(name)
        told, report = [], ROOT / ".workbench" / "logs" / "faults-broken.log"
        report.write_text("")

        def work(env, report=report):
            for what, part in (
                ("planner", plan),
                ("rules", lambda env: env["touch.cadence"]._cron_enroll_by_rule()),
                ("night", lambda env: env["touch.planner"]._cron_night()),
                ("planner again", plan),
                ("desk", _everybody_loads),
            ):
                try:
                    part(env)
                    env.cr.commit()
                except Exception as error:
                    env.cr.rollback()
                    with report.open("a") as log:
                        log.write(f"{what} fails: {type(error).__name__} {error}"[:300].replace("\n", " ") + "\n")

        _seconds, fine = run(name, work)
        told += report.read_text().splitlines() + ([] if fine else ["the process fails"])
        rows = sql(name, "SELECT lead_id, why_data::text FROM touch_enrollment WHERE state = 'blocked'")
        if len(rows) > 1:
            told.append(f"{len(rows)} are blocked, not one")
        for _lead, why in rows[:1]:
            blocked[kind] = why
        found = {invariant: hits for invariant, hits in broken(name).items() if not _planted(kind, invariant)}
        if found:
            told.append(str(found))
        result.hit({kind: told} if told else None)
    result.blocked = len(blocked)
    result.said.append(
        f"{len(chosen)} kinds; refused by the database: {', '.join(refused) or 'none'}; blocked alone, with a sentence: {', '.join(sorted(blocked)) or 'none'}"
    )


def _everybody_loads(env):
    for user in env["res.users"].search([("login", "like", "rep%")]):
        env(user=user.id)["touch.desk"].load()
    env["touch.enrollment"].search([], limit=200).mapped("why")


def _planted(kind, invariant):
    """Whether the broken row itself is what the invariant finds; its client is nobody else's harm."""
    return (kind, invariant) in {
        ("a contact whose company is another contact's child", "a planned touch is of its run's client"),
    }


# ------------------------------------------------------------------------------------------------------------------------------


def table():
    head = ("fault", "tried", "survived", "lost", "doubled", "blocked", "")
    rows = [
        (
            one.what,
            one.tried,
            one.tried - min(one.lost, one.tried),
            one.lost,
            one.doubled,
            getattr(one, "blocked", 0),
            "; ".join(one.said)[:600],
        )
        for one in RESULTS
    ]
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in (head, ("---",) * 7, *rows)]
    print("\n".join(lines))
    killed = sum(one.tried for one in RESULTS if "killed" in one.what)
    lost, doubled = sum(one.lost for one in RESULTS), sum(one.doubled for one in RESULTS)
    print(f"\n{killed} kills; lost: {lost}; doubled: {doubled}; {time.monotonic() - STARTED:.0f} seconds, seed {ARGS.seed}")
    return 1 if lost or doubled else 0


def main():
    def wants(what):
        return not ARGS.only or what in ARGS.only.split(",")

    def scaled(number):
        return max(1, round(number * ARGS.scale))

    from odoo.addons.touch_cadence.models import touch_cadence, touch_enrollment, touch_job

    # small batches: more points between which something can be lost
    touch_enrollment.PLAN_BATCH = touch_cadence.ENROLL_BATCH = touch_job.BATCH = BATCH
    needs_plan = ("planner", "hosts", "night", "desk", "terminated", "restarts", "broken")
    base = planner(scaled(KILLS["planner"]) if wants("planner") else 1) if any(map(wants, needs_plan)) else None
    for what, act in (("jobs", jobs), ("rules", rules), ("experts", experts), ("hosts", hosts)):
        if wants(what):
            act(scaled(KILLS[what]))
    for what, act in (("night", night), ("desk", desk)):
        if wants(what):
            act(scaled(KILLS[what]), base)
    if wants("terminated"):
        terminated(scaled(TERMINATED))
    if wants("restarts"):
        restarts(scaled(RESTARTS))
    if wants("broken"):
        broken_data(scaled(34), base)
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
