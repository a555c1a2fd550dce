"""The sales manager finds a client, exports what is held, and erases it, in a real browser."""

import json
import pathlib

from conftest import in_shell

FILL = """
lead = env["crm.lead"].search([("name", "=", "Deal 7")])
lead.write({"contact_name": "Zaphod Beeblebrox"})
other = env["res.partner"].create({"name": "Zaphod Prefect", "email": "zaphod@touch.example", "user_id": lead.user_id.id})
env["touch.cadence"].search([("model", "=", "crm.lead")], limit=1).enroll(lead)
for client in (lead, other):
    client.log_touch({"channel": "call", "note": "Likes zaphod tea"})
env.cr.commit()
"""
LEFT = """
touches = env["touch.touch"].search([])
print(len(touches), len(touches.filtered("note")), len(touches.filtered(lambda one: not one.client_key)), env["touch.privacy.log"].search_count([]))
"""


def test_the_manager_finds_exports_and_erases(server, login, shot):
    in_shell(server.database, FILL)
    before = in_shell(server.database, LEFT).split()
    page = login("manager")
    page.goto("/odoo/touch-privacy")
    page.wait_for_selector(".o_form_view")
    shot(page, "privacy-empty")
    page.fill(".o_field_widget[name=term] input", "zaphod")
    page.click("button[name=action_find]")
    page.wait_for_selector(".o_data_row")
    assert page.locator(".o_data_row").count() == 2
    assert not page.locator("td[name=chosen] input:checked").count(), "who is found is not yet who is meant"
    for row in range(2):
        page.locator("td[name=chosen] .o_boolean_toggle").nth(row).click()
    page.wait_for_function("document.querySelectorAll('td[name=chosen] input:checked').length === 2")
    shot(page, "privacy-found")
    page.click("button[name=action_export]")
    page.wait_for_selector(".modal .alert")
    shot(page, "privacy-export")
    with page.expect_download() as download:
        page.click(".modal button[name=action_export]")
    known = json.loads(pathlib.Path(download.value.path()).read_text())
    assert {row["Note"] for row in known["Touches"]} >= {"Likes zaphod tea"}
    page.click(".modal footer button[special=cancel]")
    page.wait_for_selector(".modal", state="detached")
    page.click("button[name=action_erase]")
    page.wait_for_selector(".modal .alert")
    page.check(".modal .o_field_widget[name=scope] input[data-value=whole]")
    page.wait_for_selector(".modal :text('archived')")
    shot(page, "privacy-erase")
    page.click(".modal button[name=action_erase]")
    page.wait_for_selector(".modal :text('cannot be undone')")
    shot(page, "privacy-confirm")
    page.click(".modal button:text-is('Erase') >> nth=-1")
    page.wait_for_selector(".o_notification")
    after = in_shell(server.database, LEFT).split()
    assert (after[0], after[1]) == (before[0], "0"), "the counts stay, the notes go"
    assert int(after[2]) >= 2
    assert after[3] == "2", "an export and an erasure"
