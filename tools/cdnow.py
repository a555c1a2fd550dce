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
import sys

from freezegun import freeze_time
from odoo.tools import split_every

END = datetime.date(1998, 6, 30)
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
