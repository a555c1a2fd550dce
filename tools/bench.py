"""Measure the planner on many enrolled clients, through its real cron, against plain SQL that writes the same rows.

Printed as `name: value unit`: medians of interleaved rounds (ours, SQL, ours, SQL, …; small, large, small, large, …).

* ``plan_per_second``: touches planned a second, 10,000 due among 100,000 enrolled
* ``plan_vs_sql``: that time over the time of plain SQL writing the same rows of activities, touches, followers and enrolments
* ``plan_queries_per_touch``: queries for 10,000 due less those for 5,000, a touch
* ``due_scaling``: time for 1,000 due among 1,000,000 enrolled over the time among 10,000
* ``night_per_second``: planned touches a second that the night marks and the planner decides again, nothing having changed
* ``desk_scaling``: time in which the desk's one call answers a rep with 5,000 open touches over that of one with 50
"""

import argparse
import contextlib
import logging
import os
import pathlib
import statistics
import sys
import time

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import db  # noqa: E402

REPS = 200
TABLES = ("mail_activity", "touch_touch", "mail_followers")


def say(text):
    print(f"[{time.monotonic() - STARTED:4.0f}s] {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def environment(name):
    with Registry(name).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def vacuum(name, what):
    """What was written or deleted before must not slow down what is measured."""
    connection = db.connect(name)
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute(f"VACUUM {what}")
    connection.close()


def make_database(name, clients):
    """A copy of the template with ``clients`` partners, each enrolled, three touches done, none due; spread over 200 reps."""
    with db.connect().cursor() as cr:
        cr.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cr.execute(f'CREATE DATABASE "{name}" TEMPLATE tpl_touch')
    with environment(name) as env:
        reps = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {"name": f"Rep {n}", "login": f"rep{n}", "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)]}
                    for n in range(REPS)
                ]
            )
        )
        # the standard seven touches; its window and its cap would end the three-touch runs below after a month
        cadence = env.ref("touch_cadence.touch_cadence_standard")
        cadence.write({"window_days": 0, "stop_after": 0})
        steps = cadence.step_ids.ids
        reasons = env["touch.reason"].search([("purpose", "=", "warming")], limit=3).ids
        outcome = env.ref("touch_cadence.touch_outcome_reached").id
        env.flush_all()
        run = env.cr.execute
        run("SET session_replication_role = replica")  # rows are right by construction; a million key checks say nothing here
        run(
            """INSERT INTO res_partner (name, complete_name, email, email_normalized, phone, phone_sanitized, street, city, user_id,
                    active, type, lang, temperature, create_date, write_date, is_company)
               SELECT 'Client ' || n, 'Client ' || n, 'c' || n || '@bench.example', 'c' || n || '@bench.example', '+3247' || lpad(n::text, 7, '0'),
                    '+3247' || lpad(n::text, 7, '0'), n || ' Main Street', 'Town', (%s::int[])[1 + abs(hashint4(n)) %% %s], true, 'contact', 'en_US', 'cold', now(), now(), true
               FROM generate_series(1, %s) n""",
            [reps.ids, REPS, clients],
        )
        run("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
        run(
            """INSERT INTO touch_enrollment (cadence_id, company_id, partner_id, commercial_partner_id, client_key, user_id, run, state,
                    date_start, next_date, touch_count, create_date, write_date)
               SELECT %s, %s, id, id, id, user_id, 1, 'running', current_date - 10, now() + interval '1 year', 3, now(), now()
               FROM res_partner WHERE email LIKE 'c%%@bench.example'""",
            [cadence.id, env.company.id],
        )
        run(
            """INSERT INTO touch_touch (enrollment_id, cadence_id, step_id, company_id, partner_id, commercial_partner_id, client_key, user_id,
                    number, channel, direction, purpose, reason_id, temperature, state, date_deadline, date_done, outcome_id, counts, reached, create_date)
               SELECT e.id, e.cadence_id, (%s::int[])[n], e.company_id, e.partner_id, e.partner_id, e.client_key, e.user_id, n,
                    (ARRAY['call', 'email', 'meeting'])[n], 'out', 'warming', (%s::int[])[n], 'cold', 'done', current_date - 10 + 2 * n,
                    now() - interval '10 days' + n * interval '2 days', %s, true, n != 2, now()
               FROM touch_enrollment e, generate_series(1, 3) n""",
            [steps, reasons, outcome],
        )
        run("SET session_replication_role = DEFAULT")
        env.cr.commit()
    vacuum(name, "ANALYZE")


def make_due(name, count):
    """``count`` enrolments, spread over all of them, are due; what a round planned before is gone."""
    with environment(name) as env:
        run = env.cr.execute
        run("DELETE FROM touch_touch WHERE state = 'planned'")
        run("DELETE FROM mail_activity WHERE automated")
        run("DELETE FROM mail_followers WHERE res_model = 'res.partner' AND res_id IN (SELECT partner_id FROM touch_enrollment)")
        run("UPDATE touch_enrollment SET next_date = now() + interval '1 year' WHERE next_date IS NULL OR next_date < now()")
        run(
            """UPDATE touch_enrollment SET next_date = now() - interval '1 hour' WHERE id IN
               (SELECT id FROM touch_enrollment WHERE id %% greatest((SELECT count(*) FROM touch_enrollment) / %s, 1) = 0 ORDER BY id LIMIT %s)""",
            [count, count],
        )
        env.cr.commit()
    vacuum(name, "touch_touch, mail_activity, mail_followers, touch_enrollment")


def plan(name, count):
    """:return: seconds and queries of the cron until nothing is due"""
    make_due(name, count)
    with environment(name) as env:
        cron = env.ref("touch_cadence.ir_cron_plan_touches")
        queries, begin = odoo.sql_db.sql_counter, time.perf_counter()
        # a run of a cron ends after about ten seconds and is called again at once
        for _call in range(1 + count // 1000):
            cron.method_direct_trigger()
            env.cr.rollback()
            env.cr.execute(
                "SELECT 1 FROM touch_enrollment WHERE state IN ('running', 'resting') AND next_date <= now() AT TIME ZONE 'UTC' LIMIT 1"
            )
            if not env.cr.fetchone():
                break
        seconds, queries = time.perf_counter() - begin, odoo.sql_db.sql_counter - queries
        env.cr.rollback()
        env.cr.execute("SELECT count(*), count(activity_id) FROM touch_touch WHERE state = 'planned'")
        planned, with_activity = env.cr.fetchone()
        if (planned, with_activity) != (count, count):
            raise SystemExit(f"{planned} touches and {with_activity} activities were planned, not {count}: the figures would mean nothing")
    return seconds, queries


def plain_sql(name):
    """Write the rows of the round before once more, as plain SQL would: INSERT … SELECT with all constraints and indexes.

    :return: seconds
    """
    with environment(name) as env:
        run = env.cr.execute
        kept = {
            "mail_activity": "automated",
            "touch_touch": "state = 'planned'",
            "mail_followers": "res_model = 'res.partner' AND res_id IN (SELECT partner_id FROM touch_enrollment)",
        }
        for table in TABLES:
            run(f"CREATE TEMP TABLE kept_{table} ON COMMIT DROP AS SELECT * FROM {table} WHERE {kept[table]} ORDER BY id")
        run(
            """CREATE TEMP TABLE kept_subtypes ON COMMIT DROP AS
               SELECT * FROM mail_followers_mail_message_subtype_rel WHERE mail_followers_id IN (SELECT id FROM kept_mail_followers)"""
        )
        run("CREATE TEMP TABLE kept_due ON COMMIT DROP AS SELECT enrollment_id AS id FROM kept_touch_touch ORDER BY 1")
        run("DELETE FROM touch_touch WHERE id IN (SELECT id FROM kept_touch_touch)")
        run("DELETE FROM mail_activity WHERE id IN (SELECT id FROM kept_mail_activity)")
        run("DELETE FROM mail_followers WHERE id IN (SELECT id FROM kept_mail_followers)")
        run("UPDATE touch_enrollment SET next_date = now() - interval '1 hour' WHERE id IN (SELECT id FROM kept_due)")
        begin = time.perf_counter()
        for table in TABLES:
            run(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        run("INSERT INTO mail_followers_mail_message_subtype_rel SELECT * FROM kept_subtypes")
        run(
            """UPDATE touch_enrollment SET next_date = NULL, state = 'running', why_data = NULL, write_date = now()
               WHERE id IN (SELECT id FROM kept_due)"""
        )
        run("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - begin
        env.cr.commit()
    return seconds


def give_touches(name, counts):
    """Plan touches that are due, as rows: for each number of ``counts`` a rep who has so many.

    :return: the reps' ids
    """
    with environment(name) as env:
        run = env.cr.execute
        reps = env["res.users"].search([("login", "like", "rep%")], order="id", limit=len(counts)).ids
        reasons = env["touch.reason"].search([("purpose", "=", "warming")]).ids[3:]
        run("SELECT id FROM touch_enrollment ORDER BY id LIMIT %s", [sum(counts)])
        enrollments = [id_ for (id_,) in env.cr.fetchall()]
        run("SET session_replication_role = replica")  # as in make_database
        for rep, count in zip(reps, counts):
            its, enrollments = enrollments[:count], enrollments[count:]
            run("UPDATE touch_enrollment SET user_id = %s, next_date = NULL WHERE id = ANY(%s)", [rep, its])
            run(
                """INSERT INTO touch_touch (enrollment_id, cadence_id, company_id, partner_id, commercial_partner_id, client_key, user_id,
                        number, channel, direction, purpose, reason_id, temperature, state, date_deadline, create_date)
                   SELECT id, cadence_id, company_id, partner_id, partner_id, client_key, user_id, 4, 'call', 'out', 'warming', %s, 'cold',
                        'planned', current_date - (id %% 5)::int, now() FROM touch_enrollment WHERE id = ANY(%s)""",
                [reasons[0], its],
            )
        run("SET session_replication_role = DEFAULT")
        env.cr.commit()
    vacuum(name, "ANALYZE touch_touch")
    return reps


def open_desk(name, rep):
    """:return: seconds of the desk's one call, in a transaction of its own as a request has one"""
    with environment(name) as env:
        begin = time.perf_counter()
        data = env["touch.desk"].with_user(rep).load()
        seconds = time.perf_counter() - begin
        if len(data["cards"]) != 10:
            raise SystemExit(f"{len(data['cards'])} cards are on the desk, not 10: the figures would mean nothing")
        env.cr.rollback()
    return seconds


def night(name, count):
    """The night over ``count`` planned touches, and the planner until nothing is due: the same touches stand there afterwards.

    :return: seconds
    """
    with environment(name) as env:
        env.cr.execute("SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM touch_touch t WHERE state = 'planned'")
        before = env.cr.fetchone()
        begin = time.perf_counter()
        env.ref("touch_cadence.ir_cron_night").method_direct_trigger()
        env.cr.rollback()
        env.cr.execute("SELECT count(*) FROM touch_enrollment WHERE review_since IS NOT NULL")
        if env.cr.fetchone() != (count,):
            raise SystemExit("the night did not mark every planned touch: the figures would mean nothing")
        for _call in range(1 + count // 1000):
            env.ref("touch_cadence.ir_cron_plan_touches").method_direct_trigger()
            env.cr.rollback()
        seconds = time.perf_counter() - begin
        env.cr.execute("SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM touch_touch t WHERE state = 'planned'")
        if env.cr.fetchone() != before:
            raise SystemExit("touches were changed: the figures would mean nothing")
        env.cr.execute("SELECT count(*) FROM touch_enrollment WHERE review_since IS NOT NULL")
        if env.cr.fetchone() != (0,):
            raise SystemExit("the planner did not decide every touch: the figures would mean nothing")
    vacuum(name, "touch_enrollment")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the published sizes")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("plan", "scaling", "desk", "night"))
    args = parser.parse_args()
    sizes = {
        key: max(int(size * args.scale), 20)
        for key, size in {"all": 100_000, "due": 10_000, "few": 10_000, "many": 1_000_000, "same": 1_000}.items()
    }
    config.parse_config(["-c", str(ROOT / ".workbench" / "odoo.conf"), "--log-level=error", "--max-cron-threads=0"])
    logging.getLogger("odoo").setLevel(logging.ERROR)

    print(f"cores: {os.cpu_count()} cores")
    if args.only in (None, "plan"):
        say(f"{sizes['all']} enrolled clients")
        make_database("bench", sizes["all"])
        say(f"{args.rounds} rounds: {sizes['due']} due, the cron and plain SQL in turn")
        plan("bench", sizes["due"])  # warm
        ours, sql, ratios = [], [], []
        for _round in range(args.rounds):
            seconds, queries = plan("bench", sizes["due"])
            plain = plain_sql("bench")
            ours.append(seconds), sql.append(plain), ratios.append(seconds / plain)
            say(f"  cron {seconds:.2f} s, {queries} queries; SQL {plain:.3f} s; ratio {seconds / plain:.1f}")
        _seconds, half = plan("bench", sizes["due"] // 2)
        print(f"plan_per_second: {sizes['due'] / statistics.median(ours):.0f} touches/s")
        print(f"plan_vs_sql: {statistics.median(ratios):.2f} x")
        print(f"plan_queries_per_touch: {(queries - half) / (sizes['due'] - sizes['due'] // 2):.3f} queries")
    if args.only in (None, "scaling"):
        say(f"{sizes['few']} and {sizes['many']} enrolled clients")
        make_database("bench_few", sizes["few"])
        make_database("bench_many", sizes["many"])
        say(f"{args.rounds} rounds: {sizes['same']} due, few and many in turn")
        for name in ("bench_few", "bench_many"):
            plan(name, sizes["same"])  # warm
        ratios = []
        for _round in range(args.rounds):
            few, many = plan("bench_few", sizes["same"])[0], plan("bench_many", sizes["same"])[0]
            ratios.append(many / few)
            say(f"  few {few:.3f} s, many {many:.3f} s; ratio {many / few:.2f}")
        print(f"due_scaling: {statistics.median(ratios):.2f} x")
    if args.only in (None, "desk"):
        few, many = 50, max(int(5000 * args.scale), 60)
        say(f"{few} and {many} open touches on a desk")
        make_database("bench_desk", few + many)
        reps = give_touches("bench_desk", (few, many))
        for rep in reps:
            open_desk("bench_desk", rep)  # warm
        times = [[open_desk("bench_desk", rep) for rep in reps] for _round in range(args.rounds * 4)]
        say(
            f"  medians: few {statistics.median(few for few, _many in times):.4f} s, many {statistics.median(many for _few, many in times):.4f} s"
        )
        print(f"desk_scaling: {statistics.median(many / few for few, many in times):.2f} x")
    if args.only in (None, "night"):
        say(f"{sizes['due']} planned touches overnight")
        make_database("bench_night", sizes["due"])
        plan("bench_night", sizes["due"])
        vacuum("bench_night", "ANALYZE touch_touch, touch_enrollment")
        with environment("bench_night") as env:
            env["res.company"].search([]).touch_per_day = 0  # what is over the cap is moved at night, and is measured with the planner
            env.cr.commit()
        night("bench_night", sizes["due"])  # warm
        times = [night("bench_night", sizes["due"]) for _round in range(args.rounds)]
        say(f"  nights: {', '.join(f'{seconds:.1f} s' for seconds in times)}")
        print(f"night_per_second: {sizes['due'] / statistics.median(times):.0f} touches/s")
    for name in ("bench", "bench_few", "bench_many", "bench_desk", "bench_night"):
        odoo.sql_db.close_db(name)
        with db.connect().cursor() as cr:
            cr.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if __name__ == "__main__":
    STARTED = time.monotonic()
    main()
