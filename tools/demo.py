# ruff: noqa: F821 - runs in an Odoo shell, which gives it `env`
"""Enrol the demo pipeline and print what the planner plans. Run again, it enrols and plans only what is new."""

import shutil
import textwrap

cadence = env.ref("touch_cadence.touch_cadence_standard")
# the demo rep is a salesperson and nothing more; Odoo's own demo makes a team leader of the admin
env.ref("base.user_demo").write({"group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)]})
leads = env["crm.lead"].search([("won_status", "=", "pending")])
# a pipeline has warm and hot clients too: take it from the stage, as a rep would
for stage, temperature in (("crm.stage_lead2", "warm"), ("crm.stage_lead3", "hot")):
    leads.filtered_domain([("stage_id", "=", env.ref(stage).id), ("enrollment_ids", "=", False)]).temperature = temperature
left_out = [row for row in cadence.preview_enroll(leads) if row["reason"]]
new = cadence.enroll(leads)
# one deal of high potential: the marker questions are answered, the strategy changes, and as its rep is a beginner an expert is booked
if not env["touch.expert"].search([], limit=1):
    windows = [(0, 0, {"dayofweek": day, "hour_from": 14, "hour_to": 17}) for day in ("1", "3")]
    env["touch.expert"].create({"user_id": env.ref("base.user_admin").id, "window_ids": windows})
    large = leads.filtered_domain([("user_id", "=", env.ref("base.user_demo").id)]).sorted("expected_revenue")[-1:]
    large.judge(env["touch.marker.option"].search([("potential", "=", "high"), ("question_id.active", "=", True)]))
env.cr.commit()
env.ref("touch_cadence.ir_cron_plan_touches").method_direct_trigger()
env.cr.commit()  # the cron wrote through a cursor of its own: look with a fresh one
env.invalidate_all()

touches = env["touch.touch"].search([("state", "=", "planned")], order="date_deadline, user_id, id")
channels = dict(env["touch.touch"]._fields["channel"]._description_selection(env))
rows = [
    (
        touch.client_name,
        touch.client_temperature,
        touch.lead_id.potential or "-",
        f"{touch.number} of {touch.target}",
        touch.purpose,
        channels[touch.channel],
        touch.reason_id.name,
        str(touch.date_deadline),
        touch.user_id.name or "nobody",
        touch.why,
    )
    for touch in touches
]
titles = ("client", "temp.", "potential", "touch", "purpose", "channel", "reason", "when", "who", "why")
limits = (26, 5, 9, 6, 7, 7, 30, 10, 14, max(shutil.get_terminal_size((200, 20)).columns - 134, 48))
line = "  ".join(f"{{:<{width}}}" for width in limits)
print()
print(line.format(*titles))
print("  ".join("-" * width for width in limits))
for row in rows:
    wrapped = [textwrap.wrap(cell or "", width) or [""] for cell, width in zip(row, limits)]
    for part in range(max(map(len, wrapped))):
        print(line.format(*(cell[part] if part < len(cell) else "" for cell in wrapped)))
print()
running = env["touch.enrollment"].search_count([("state", "=", "running")])
waiting = env["touch.enrollment"].search([("state", "in", ("running", "resting")), ("touch_ids", "not any", [("state", "=", "planned")])])
print(
    f"{len(new)} clients enrolled just now, {running} are running, {len(touches)} touches are planned, {len(left_out)} leads are left out."
)
for row in left_out[:5]:
    print(f"  left out: {row['name']}: {row['reason']}")
for booking in env["touch.expert.booking"].search([("state", "in", ("waiting", "booked"))]):
    lead = booking.lead_id
    print(f"  high potential: {lead.name} ({lead.potential_why}) with {lead.expert_text}")
for said in waiting[:5].explain():
    print(f"  waiting: {said['client']}: {said['text']}")
