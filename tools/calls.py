"""The same ten calls, each with its outcome and the next touch planned: in plain Odoo, in the activity view with Touch Cadence, on its desk.

A browser does what a rep would do; clicks and keystrokes are counted as they are made, and the seconds are the pages' own: nobody thinks or
talks in them. Printed as a table of medians of so many rounds, in turn; ``docs/benchmarks.md`` keeps it.
"""

import argparse
import os
import pathlib
import statistics
import sys
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "system"), str(ROOT / "tools")]
os.environ.setdefault("ODOO_CONF", str(ROOT / ".workbench" / "odoo.conf"))
from conftest import CONF, Server, drop, in_shell, odoo  # noqa: E402
from playwright.sync_api import expect, sync_playwright  # noqa: E402

CALLS = 10
WORLD = """
rep = env["res.users"].with_context(no_reset_password=True).create({"name": "Rep", "login": "rep", "password": "rep", "tz": "UTC",
    "email": "rep@touch.example", "group_ids": [(6, 0, [env.ref("sales_team.group_sale_salesman").id, env.ref("base.group_user").id])]})
leads = env["crm.lead"].create([
    {"name": f"Deal {n:02}", "type": "opportunity", "user_id": rep.id, "email_from": f"deal{n}@touch.example", "phone": f"+32470{n:06}"}
    for n in range(1, 13)])
PLANNED
env["ir.cron"].search([]).active = False
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""
PLAIN = """
call = env.ref("mail.mail_activity_data_call")
for lead in leads:
    lead.with_context(mail_activity_quick_update=True).activity_schedule(activity_type_id=call.id, user_id=rep.id, summary="Call")
"""
OURS = """
cadence = env.ref("touch_cadence.touch_cadence_standard")
cadence.enroll(leads)
touches = env["touch.touch"].search([("state", "=", "planned")])
touches.write({"date_deadline": env.cr.now().date(), "channel": "call"})
touches.activity_id.write({"date_deadline": env.cr.now().date(), "activity_type_id": env.ref("mail.mail_activity_data_call").id})
"""


@dataclass
class Hands:
    """A rep's mouse and keyboard, counted."""

    page: object
    clicks: int = 0
    keys: int = 0

    def click(self, locator):
        locator.click()
        self.clicks += 1

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += 1


def row(page, call):
    return page.locator(".o_activity_view tbody tr", has_text=f"Deal {call:02}").first


def cell(page, call):
    return row(page, call).locator(".o_activity_summary_cell:not(.o_activity_empty_cell)").first


def open_activities(page):
    page.goto("/odoo/crm?view_type=activity")
    expect(page.locator(".o_activity_view tbody tr").first).to_be_visible()


def plain(hands, call):
    """Cell, tick, feedback, "Done & Schedule Next", summary, day of the next touch, "Schedule"."""
    page = hands.page
    hands.click(cell(page, call))
    hands.click(page.locator(".o-mail-ActivityListPopoverItem-markAsDone"))
    expect(page.locator(".o-mail-ActivityMarkAsDone textarea")).to_be_focused()
    hands.type("Interested")
    hands.click(page.get_by_role("button", name="Done and Schedule Next"))
    form = page.locator(".modal .o_form_view")
    expect(form).to_be_visible()
    # the next one is a mail
    hands.click(
        form.locator(
            "div[name=activity_type_id] button, div[name=activity_type_id] span, div[name=activity_type_id] input", has_text="Email"
        )
        .or_(form.locator("div[name=activity_type_id] input"))
        .first
    )
    hands.click(form.locator("div[name=summary] input"))
    page.keyboard.press("Control+a")  # what the type proposed is written over
    hands.keys += 1
    hands.type("Send price list")
    hands.click(form.locator("div[name=date_deadline] button, div[name=date_deadline] input").first)
    hands.click(page.locator(".o_datetime_picker .o_date_item_cell:not(.o_out_of_range)").last)
    hands.click(page.locator(".modal footer button", has_text="Schedule").first)
    expect(page.locator(".modal")).to_have_count(0)


def in_view(hands, call):
    """Cell, outcome: the next touch is planned by itself."""
    page = hands.page
    hands.click(cell(page, call))
    hands.click(page.locator(".o-mail-ActivityMarkAsDone .o_touch_outcome", has_text="Interested"))
    expect(page.locator(".o-mail-ActivityMarkAsDone")).to_have_count(0)


def on_desk(hands, _call):
    """One key."""
    before = hands.page.locator("#o_touch_client").inner_text()
    hands.press("4")
    expect(hands.page.locator("#o_touch_client")).not_to_have_text(before)


def open_desk(page):
    page.goto("/odoo/touch-desk")
    expect(page.locator("#o_touch_client")).to_be_visible()


WAYS = {
    "plain Odoo, activity view": ("calls_plain", open_activities, plain),
    "Touch Cadence, activity view": ("calls_ours", open_activities, in_view),
    "Touch Cadence, desk": ("calls_ours", open_desk, on_desk),
}


def make_templates():
    for name, addon, planned in (("calls_plain", "crm", PLAIN), ("calls_ours", "touch_cadence", OURS)):
        drop(name)
        odoo("db", "-c", str(CONF), "duplicate", "-f", "tpl_crm", name)
        if addon != "crm":
            odoo("-c", str(CONF), "-d", name, "-i", addon, "--stop-after-init", "--log-level=error")
        in_shell(name, WORLD.replace("PLANNED", planned))


def measure(browser, template, prepare, work):
    """:return: clicks, keystrokes and seconds a call, and how many next touches stand afterwards"""
    name = f"{template}_round"
    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", template, name)
    server = Server(name).wait()
    try:
        page = browser.new_context(base_url=server.url, viewport={"width": 1366, "height": 900}).new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", "rep")
        page.fill("input[name=password]", "rep")
        page.click("button[type=submit]")
        page.wait_for_selector(".o_main_navbar")
        prepare(page)
        work(Hands(page), CALLS + 1)  # pages and caches are warm
        hands, begin = Hands(page), time.perf_counter()
        for call in range(1, CALLS + 1):
            work(hands, call)
        seconds = time.perf_counter() - begin
        page.goto("/odoo")  # what the desk holds for undo goes out
        page.wait_for_selector(".o_main_navbar")
        page.wait_for_timeout(1000)
        done = server.call("admin", "mail.activity", "search_count", [("active", "=", False), ("user_id.login", "=", "rep")])
        open_ = server.call("admin", "mail.activity", "search_count", [("user_id.login", "=", "rep")])
        page.context.close()
    finally:
        server.stop()
        drop(name)
    if (done, open_) != (CALLS + 1, 12):
        raise SystemExit(f"{done} calls were made and {open_} touches are open, not {CALLS + 1} and 12: the figures would mean nothing")
    return hands.clicks / CALLS, hands.keys / CALLS, seconds / CALLS


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    make_templates()
    found = {way: [] for way in WAYS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.path.realpath(ROOT / ".workbench" / "bin" / "chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for _round in range(rounds):
            for way, its in WAYS.items():
                found[way].append(measure(browser, *its))
        browser.close()
    print("| ten calls, each with outcome and next touch | clicks a call | keystrokes a call | seconds of the page a call |")
    print("| --- | --- | --- | --- |")
    for way, rows in found.items():
        clicks, keys, seconds = (statistics.median(column) for column in zip(*rows))
        print(f"| {way} | {clicks:.1f} | {keys:.1f} | {seconds:.2f} |")
    for name in ("calls_plain", "calls_ours"):
        drop(name)


if __name__ == "__main__":
    main()
