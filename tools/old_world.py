# ruff: noqa: F821 - runs in an Odoo shell, which gives it `env`
"""A small sales world in a database of the oldest version, as a company would have left it: work under way, history, and settings changed
by hand. Then all that no test looks at is thrown out, so that the dump stays small. Called by tools/old-dump."""

users = env["res.users"].with_context(no_reset_password=True)
made = {
    login: users.create(
        {
            "name": login.title(),
            "login": login,
            "password": login,
            "tz": "UTC",
            "email": f"{login}@touch.example",
            "group_ids": [(6, 0, [env.ref(f"sales_team.{group}").id, env.ref("base.group_partner_manager").id])],
        }
    )
    for login, group in {"manager": "group_sale_manager", "rep": "group_sale_salesman"}.items()
}
team = env["crm.team"].create({"name": "Sales", "user_id": made["manager"].id, "member_ids": [(6, 0, [made["rep"].id])]})
partners = env["res.partner"].create(
    [{"name": f"Client {n}", "email": f"client{n}@touch.example", "phone": f"+32470{n:06}", "user_id": made["rep"].id} for n in range(1, 5)]
)
leads = env["crm.lead"].create(
    [
        {
            "name": f"Deal {n}",
            "type": "opportunity",
            "user_id": made["rep"].id,
            "team_id": team.id,
            "email_from": f"deal{n}@touch.example",
            "phone": f"+32471{n:06}",
            "temperature": "warm" if n == 5 else "cold",
        }
        for n in range(1, 9)
    ]
)
env.ref("touch_cadence.touch_cadence_standard").with_user(made["manager"]).enroll(leads[:7])
env.ref("touch_cadence.touch_cadence_care").with_user(made["manager"]).enroll(partners)
env.cr.commit()


def plan():
    env.ref("touch_cadence.ir_cron_plan_touches").method_direct_trigger()
    env.invalidate_all()


def planned(client):
    field = "lead_id" if client._name == "crm.lead" else "partner_id"
    return env["touch.touch"].search([("state", "=", "planned"), (field, "=", client.id)])


plan()
for number, outcome in ((0, "interested"), (1, "no_answer"), (2, "clear_no"), (3, "bought")):
    activity = planned(leads[number]).activity_id.with_user(made["rep"])
    activity.touch_outcome_id = env.ref(f"touch_cadence.touch_outcome_{outcome}")
    activity.action_feedback(feedback=f"Said on the phone: {outcome}")
leads[4].enrollment_ids.with_user(made["manager"]).action_pause()
leads[5].enrollment_ids.with_user(made["manager"]).action_stop("Too small for us")
planned(leads[6]).with_user(made["rep"]).skip("On holiday")
leads[7].with_user(made["rep"]).log_touch({"channel": "call", "direction": "in", "note": "Called us"})
plan()

# what the manager changed and deleted
manager = made["manager"]
env.ref("touch_cadence.touch_reason_faq").with_user(manager).unlink()
env.ref("touch_cadence.touch_cadence_standard_step_5").with_user(manager).unlink()
env.ref("touch_cadence.touch_outcome_voicemail").with_user(manager).unlink()
env.ref("touch_cadence.touch_reason_tip").with_user(manager).write({"text": "<p>Our own tip: turn it off at night.</p>"})
env.ref("touch_cadence.touch_reason_ask_audit").with_user(manager).write({"name": "Propose a tour of the factory"})
env.ref("touch_cadence.touch_outcome_no_answer").with_user(manager).write({"name": "Nobody there"})
env.ref("touch_cadence.touch_cadence_nurture").with_user(manager).write({"rhythm": 4})
env["touch.reason"].with_user(manager).create({"name": "Our anniversary", "kind": "news", "text": "<p>Ten years!</p>"})
env.cr.commit()

env["ir.attachment"].search([("res_model", "in", (False, "ir.ui.view"))]).unlink()
env["mail.mail"].search([]).unlink()
for statement in (
    "DELETE FROM ir_logging",
    "DELETE FROM ir_cron_trigger",
    "DELETE FROM ir_attachment",
    "DELETE FROM ir_profile",
    "DELETE FROM bus_bus",
    # the dump serves one addon: what describes modules that are not installed is made anew by Odoo
    "DELETE FROM ir_module_module_dependency WHERE module_id IN (SELECT id FROM ir_module_module WHERE state IN ('uninstalled', 'uninstallable'))",
    "DELETE FROM ir_model_data WHERE model = 'ir.module.module' AND res_id IN (SELECT id FROM ir_module_module WHERE state IN ('uninstalled', 'uninstallable'))",
    "DELETE FROM ir_module_module WHERE state IN ('uninstalled', 'uninstallable')",
):
    env.cr.execute(statement)
env.cr.commit()
