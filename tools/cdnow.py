# ruff: noqa: F821 - runs in an Odoo shell, which gives it `env`
"""Load the purchases of real customers (CDNOW, January 1997 to June 1998), and show on the last day who is active and whom to win back.

The data ship in the package `lifetimes`: lines of number, sample number, day, CDs, dollars. With CDNOW_JSON=FILE the figures go there too.
"""

import collections
import datetime
import importlib.util
import json
import os
import pathlib
import statistics
import sys

from freezegun import freeze_time
from odoo.addons.touch_cadence.method.client import purchases
from odoo.tools import split_every

END = datetime.date(1998, 6, 30)
HOLD_OUT = datetime.date(1997, 10, 1)  # 39 weeks to learn from and 39 to look at, as everybody splits these data
FIXED = 180
FILE = pathlib.Path(importlib.util.find_spec("lifetimes").submodule_search_locations[0]) / "datasets" / "CDNOW_sample.txt"
STARTED = os.times().elapsed  # the real time, whatever the clock is made to say


def say(text):
    print(f"[{os.times().elapsed - STARTED:4.0f}s] {text}", file=sys.stderr, flush=True)


def read():
    """:return: {customer: {day: dollars}}"""
    bought = collections.defaultdict(lambda: collections.defaultdict(float))
    for line in FILE.read_text().splitlines():
        _master, customer, day, _discs, dollars = line.split()
        bought[customer][datetime.datetime.strptime(day, "%Y%m%d").date()] += float(dollars)
    return bought


def load(env, bought):
    """Customers as contacts, each day on which one bought as a won deal."""
    if env["res.partner"].search([("ref", "=like", "CDNOW-%")], limit=1):
        return
    reps = env["res.users"].create(
        [
            {
                "name": f"Rep {n}",
                "login": f"cdnow{n}",
                "password": f"cdnow{n}",
                "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],
            }
            for n in range(1, 9)
        ]
    )
    say(f"{len(bought)} customers")
    partners = env["res.partner"].create(
        [
            {
                "name": f"Customer {customer}",
                "ref": f"CDNOW-{customer}",
                "email": f"customer{customer}@cdnow.example",
                "user_id": reps[number % len(reps)].id,
            }
            for number, customer in enumerate(sorted(bought))
        ]
    )
    by_ref = {partner.ref: partner for partner in partners}
    won = env["crm.stage"].search([("is_won", "=", True)], limit=1)
    deals = [
        {
            "name": f"Order of {day}",
            "type": "opportunity",
            "partner_id": by_ref[f"CDNOW-{customer}"].id,
            "user_id": by_ref[f"CDNOW-{customer}"].user_id.id,
            "stage_id": won.id,
            "probability": 100,
            "date_closed": datetime.datetime.combine(day, datetime.time(12)),
            "expected_revenue": dollars,
        }
        for customer in sorted(bought)
        for day, dollars in sorted(bought[customer].items())
    ]
    for number, batch in enumerate(split_every(1000, deals, list)):
        say(f"purchases as won deals: {number * 1000} of {len(deals)}")
        env["crm.lead"].create(batch)
        env.cr.commit()


def measure(bought, limits, customers):
    """How good a limit is (R22), purchase by purchase: each is judged by what was known of the customer before it.

    :param bought: {customer: days in order}
    :return: {"late": share of later purchases that came by themselves after the limit, "marked": share of those who bought nothing in the
        last 39 weeks and are marked by now, not later than 1.5 times their own limit}, for the rule and for 180 days for everybody
    """
    late, late_fixed, later, lost, marked, marked_fixed = 0, 0, 0, 0, 0, 0
    for customer in customers:
        days = bought[customer]
        for number in range(1, len(days)):
            gap = (days[number] - days[number - 1]).days
            later += 1
            late += gap > purchases.limit(purchases.gaps(days[:number]), limits)
            late_fixed += gap > FIXED
        silent, limit = (END - days[-1]).days, purchases.limit(purchases.gaps(days), limits)
        if days[-1] < HOLD_OUT:
            lost += 1
            marked += silent > limit
            marked_fixed += silent > FIXED and 1.5 * limit >= FIXED
    return {
        "rule": {"late": late / later, "marked": marked / lost},
        "fixed": {"late": late_fixed / later, "marked": marked_fixed / lost},
        "purchases": later,
        "lost": lost,
    }


def learn(bought, customers, limits):
    """:return: ``limits`` with what these customers have taught"""
    seen = [
        sorted((days[n + 1] - days[n]).days for days in map(bought.get, customers) if len(days) > n + 1) for n in range(purchases.OWN_FROM)
    ]
    ninety = [statistics.quantiles(gaps, n=10, method="inclusive")[-1] for gaps in seen]
    return limits._replace(learned=[purchases.taught(len(gaps), days) for gaps, days in zip(seen, ninety)])


quiet = env(context={**env.context, "tracking_disable": True, "mail_create_nosubscribe": True, "no_reset_password": True})
with freeze_time(f"{END} 10:00:00"):
    load(quiet, read())
    env.ref("touch_cadence.touch_cadence_win_back").auto_enroll = True
    env.cr.commit()
    say(f"the clock stands at {END}: the overnight run sees the purchases")
    env.ref("touch_cadence.ir_cron_see_purchases").method_direct_trigger()
    say("the rule enrols whom to win back, the planner plans")
    for cron in ("enroll_by_rule", "plan_touches"):
        env.ref(f"touch_cadence.ir_cron_{cron}").method_direct_trigger()
    env.cr.commit()  # the crons wrote through cursors of their own: look with a fresh one
    env.invalidate_all()
    win_back = env.ref("touch_cadence.touch_cadence_win_back")
    customers = env["res.partner"].search([("ref", "=like", "CDNOW-%")], order="ref")
    missed = customers.filtered_domain([("lapses_on", "<=", "today")])
    active = customers - missed
    repeat = customers.filtered(lambda one: one.purchase_count > 1)
    touches = env["touch.touch"].search([("state", "=", "planned"), ("partner_id", "in", missed.ids)], order="date_deadline, id")
    running = win_back.enrollment_ids.filtered(lambda one: one.state == "running")


def row(one):
    rhythm = f"every {one.purchase_interval} days" if one.purchase_interval else "once"
    return f"  {one.name}  bought {one.purchase_count:>2} ×, {rhythm:<14}  last {one.last_purchase_date}, missed from {one.lapses_on}"


print(
    f"\n{len(customers)} customers, {len(repeat)} bought on more than one day: {len(repeat) / len(customers):.1%} (aim of the method: 50 %)"
)
print(
    f"They bought for {sum(customers.mapped('purchase_value')):,.0f} in the last {env.company.touch_value_months} months; months without a touch"
    f" cost {sum(customers.mapped('value_lost')):,.0f} of it"
)
limits = env["res.partner"]._touch_limits()[env.company.id]
days_of = {customer: sorted(days) for customer, days in read().items()}
half = [customer for number, customer in enumerate(sorted(days_of)) if number % 2 == 0]
other = sorted(set(days_of) - set(half))
measured = {"all": measure(days_of, limits, sorted(days_of)), "held out": measure(days_of, learn(days_of, half, limits), other)}
print(
    "Missed by the own gaps' mean and {:g} spreads, from four purchases; who bought once, twice or three times after {}, {} and {} days:".format(
        limits.spreads, *limits.learned
    )
)
for name, one in measured.items():
    print(
        f"  {name:<8}  {one['rule']['late']:.1%} of {one['purchases']} purchases came after the limit (180 days: {one['fixed']['late']:.1%});"
        f" of {one['lost']} lost {one['rule']['marked']:.1%} marked within 1.5 × their limit (180 days: {one['fixed']['marked']:.1%})"
    )
by_class = collections.Counter((one.abc_class.upper(), one.xyz_class.upper()) for one in customers)
print("By volume and regularity:", ", ".join(f"{a}{x} {count}" for (a, x), count in sorted(by_class.items())))
print(f"\nActive on {END}: {len(active)}, the first of them")
print("\n".join(row(one) for one in active[:8]))
print(f"\nTo be won back: {len(missed)}, those missed for the shortest first")
print("\n".join(row(one) for one in missed.sorted(lambda one: (one.lapses_on, one.ref), reverse=True)[:8]))
print(
    f"\n{len(running)} are enrolled in “{win_back.name}”, {len(touches)} first touches are planned, up to {max(touches.mapped('date_deadline'))}:"
)
for touch in touches[:6]:
    print(f"  {touch.date_deadline}  {touch.user_id.name}  {touch.client_name}  {touch.why}")
if os.environ.get("CDNOW_JSON"):
    pathlib.Path(os.environ["CDNOW_JSON"]).write_text(
        json.dumps(
            {
                "customers": len(customers),
                "learned": list(limits.learned),
                "measured": measured,
                "lapses": {one.ref.removeprefix("CDNOW-"): str(one.lapses_on) for one in customers},
                "repeat": len(repeat) / len(customers),
                "active": active.mapped(lambda one: one.ref.removeprefix("CDNOW-")),
                "missed": missed.mapped(lambda one: one.ref.removeprefix("CDNOW-")),
                "enrolled": running.partner_id.mapped(lambda one: one.ref.removeprefix("CDNOW-")),
                "value": {one.ref.removeprefix("CDNOW-"): one.purchase_value for one in customers},
                "lost": {one.ref.removeprefix("CDNOW-"): one.value_lost for one in customers},
                "abc": {one.ref.removeprefix("CDNOW-"): one.abc_class for one in customers},
                "xyz": {one.ref.removeprefix("CDNOW-"): one.xyz_class for one in customers},
                "loyal": customers.filtered("is_loyal").mapped(lambda one: one.ref.removeprefix("CDNOW-")),
                "intervals": {one.ref.removeprefix("CDNOW-"): one.purchase_interval for one in repeat},
            }
        )
    )
