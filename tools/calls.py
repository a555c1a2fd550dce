"""The same ten calls, each with its outcome and the next touch planned: in plain Odoo, in the activity view with Touch Cadence, on its desk. The same
ten mails, each delivered to a mail server, with the next touch planned.

A browser does what a rep would do; clicks and keystrokes are counted as they are made, and the seconds are the pages' own: nobody thinks or
talks in them. Printed as a table of medians of so many rounds, in turn; ``docs/benchmarks.md`` keeps it.
"""

import argparse
import os
import pathlib
import socketserver
import statistics
import sys
import threading
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "system"), str(ROOT / "tools")]
os.environ.setdefault("ODOO_CONF", str(ROOT / ".workbench" / "odoo.conf"))
from conftest import CONF, MailBox, Server, drop, in_shell, odoo  # noqa: E402
from playwright.sync_api import expect, sync_playwright  # noqa: E402

CALLS = 10
# one for the first page, and one that stays
CLIENTS = CALLS + 2
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
type_ = env.ref("mail.mail_activity_data_TYPE")
if type_.category != "phonecall":  # a mail is written already, as it is with us
    type_.mail_template_ids = env["mail.template"].create({"name": "News", "model_id": env["ir.model"]._get_id("crm.lead"), "subject": "News for you",
        "body_html": "<p>Good day, here is what is new.</p>", "email_to": "{{ object.email_from }}", "use_default_to": False, "auto_delete": False})
for lead in leads:
    lead.with_context(mail_activity_quick_update=True).activity_schedule(activity_type_id=type_.id, user_id=rep.id, summary="News")
"""
OURS = """
cadence = env.ref("touch_cadence.touch_cadence_standard")
cadence.enroll(leads)
touches = env["touch.touch"].search([("state", "=", "planned")])
touches.write({"date_deadline": env.cr.now().date(), "channel": "TYPE"})
touches.activity_id.write({"date_deadline": env.cr.now().date(), "activity_type_id": env.ref("mail.mail_activity_data_TYPE").id})
"""
BOX = """
env["ir.mail_server"].create({"name": "Box", "smtp_host": "127.0.0.1", "smtp_port": PORT, "smtp_encryption": "none"})
env.cr.commit()
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
    schedule_next(hands, "Interested", "Email", "Send price list")


def schedule_next(hands, feedback, next_type, summary):
    """The activity is done, and the next one is written by hand."""
    page = hands.page
    hands.click(page.locator(".o-mail-ActivityListPopoverItem-markAsDone"))
    expect(page.locator(".o-mail-ActivityMarkAsDone textarea")).to_be_focused()
    hands.type(feedback)
    hands.click(page.get_by_role("button", name="Done and Schedule Next"))
    form = page.locator(".modal .o_form_view")
    expect(form).to_be_visible()
    hands.click(
        form.locator(
            "div[name=activity_type_id] button, div[name=activity_type_id] span, div[name=activity_type_id] input", has_text=next_type
        )
        .or_(form.locator("div[name=activity_type_id] input"))
        .first
    )
    hands.click(form.locator("div[name=summary] input"))
    page.keyboard.press("Control+a")  # what the type proposed is written over
    hands.keys += 1
    hands.type(summary)
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


def plain_mail(hands, call):
    """Cell, "Send Now" of the template; cell again, tick, "Done & Schedule Next", summary, day of the next touch, "Schedule"."""
    page = hands.page
    hands.click(cell(page, call))
    with page.expect_response(lambda response: "activity_send_mail" in response.url):
        hands.click(page.get_by_role("button", name="Send Now"))
    expect(page.locator(".o-mail-ActivityListPopover")).to_have_count(0)
    hands.click(cell(page, call))
    schedule_next(hands, "", "Email", "Ask what they think")


def on_desk(hands, _call):
    """One key: the one that stands beside the outcome."""
    before = hands.page.locator("#o_touch_client").inner_text()
    hands.press(hands.page.locator(".o_touch_outcome", has_text="Interested").locator("kbd").inner_text())
    expect(hands.page.locator("#o_touch_client")).not_to_have_text(before)


def mail_on_desk(hands, _call):
    """M, a look at the mail, "Send"."""
    before = hands.page.locator("#o_touch_client").inner_text()
    hands.press("m")
    dialog = hands.page.locator(".modal")
    expect(dialog).to_contain_text("Good day")
    hands.click(dialog.get_by_role("button", name="Send").first)
    expect(dialog).to_have_count(0)
    expect(hands.page.locator("#o_touch_client")).not_to_have_text(before)


def mails_together(hands, _call):
    """B, "Next" for a look at each, "Send All"."""
    hands.press("b")
    dialog = hands.page.locator(".modal")
    for mail in range(1, CLIENTS):
        expect(dialog).to_contain_text(f"{mail} of {CLIENTS}")
        hands.click(dialog.get_by_role("button", name="Next"))
    hands.click(dialog.get_by_role("button", name=f"Send All ({CLIENTS})"))
    expect(dialog).to_contain_text(f"{CLIENTS} sent", timeout=60000)


def open_desk(page):
    page.goto("/odoo/touch-desk")
    expect(page.locator("#o_touch_client")).to_be_visible()


@dataclass
class Way:
    """``open_``: the page on which one works; ``work``: one call or mail, or all mails ``together``."""

    name: str
    template: str
    open_: object
    work: object
    together: bool = False


CALL_WAYS = (
    Way("plain Odoo, activity view", "calls_plain", open_activities, plain),
    Way("Touch Cadence, activity view", "calls_ours", open_activities, in_view),
    Way("Touch Cadence, desk", "calls_ours", open_desk, on_desk),
)
MAIL_WAYS = (
    Way("plain Odoo, activity view, with a template", "mails_plain", open_activities, plain_mail),
    Way("Touch Cadence, desk, one by one", "mails_ours", open_desk, mail_on_desk),
    Way("Touch Cadence, desk, looked through and sent together", "mails_ours", open_desk, mails_together, together=True),
)


def make_templates(kinds):
    for kind in kinds:
        type_ = {"call": "call", "mail": "email"}[kind]
        for name, addon, planned in ((f"{kind}s_plain", "crm", PLAIN), (f"{kind}s_ours", "touch_cadence", OURS)):
            drop(name)
            odoo("db", "-c", str(CONF), "duplicate", "-f", "tpl_crm", name)
            if addon != "crm":
                odoo("-c", str(CONF), "-d", name, "-i", addon, "--stop-after-init", "--log-level=error")
            in_shell(name, WORLD.replace("PLANNED", planned.replace("TYPE", type_)))


def measure(browser, way, box):
    """:param box: the mail server of the mails
    :return: clicks, keystrokes and seconds a call or mail
    :raise SystemExit: where not all were made, or not all next touches stand afterwards"""
    name = f"{way.template}_round"
    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", way.template, name)
    in_shell(name, BOX.replace("PORT", str(box.server_address[1])))
    server = Server(name).wait()
    made = CLIENTS if way.together else CALLS + 1
    box.mails.clear()
    try:
        page = browser.new_context(base_url=server.url, viewport={"width": 1366, "height": 900}).new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", "rep")
        page.fill("input[name=password]", "rep")
        page.click("button[type=submit]")
        page.wait_for_selector(".o_main_navbar")
        way.open_(page)
        if not way.together:
            way.work(Hands(page), CALLS + 1)  # pages and caches are warm
        hands, begin = Hands(page), time.perf_counter()
        for call in range(1, 2 if way.together else CALLS + 1):
            way.work(hands, call)
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
    delivered = made if way.template.startswith("mails") else 0
    if (done, open_, len(box.mails)) != (made, CLIENTS, delivered):
        raise SystemExit(
            f"{way.name}: {done} touches were made, {open_} are open and {len(box.mails)} mails were delivered, not {made}, {CLIENTS} and "
            f"{delivered}: the figures would mean nothing"
        )
    each = CLIENTS if way.together else CALLS
    return hands.clicks / each, hands.keys / each, seconds / each


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("call", "mail"), help="calls or mails; both by default")
    args = parser.parse_args()
    kinds = {kind: ways for kind, ways in (("call", CALL_WAYS), ("mail", MAIL_WAYS)) if args.only in (None, kind)}
    every = [way for ways in kinds.values() for way in ways]
    make_templates(kinds)
    found = {way.name: [] for way in every}
    with sync_playwright() as playwright, socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailBox) as box:
        box.mails, box.daemon_threads = [], True
        threading.Thread(target=box.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=os.path.realpath(ROOT / ".workbench" / "bin" / "chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for _round in range(args.rounds):
            for way in every:
                found[way.name].append(measure(browser, way, box))
        browser.close()
        box.shutdown()
    for kind, ways in kinds.items():
        what = (
            "ten calls, each with outcome and next touch" if kind == "call" else "ten mails, each delivered and with the next touch planned"
        )
        print(f"| {what} | clicks a {kind} | keystrokes a {kind} | seconds of the page a {kind} |")
        print("| --- | --- | --- | --- |")
        for way in ways:
            clicks, keys, seconds = (statistics.median(column) for column in zip(*found[way.name]))
            print(f"| {way.name} | {clicks:.1f} | {keys:.1f} | {seconds:.2f} |")
        print()
    for kind in kinds:
        for whose in ("plain", "ours"):
            drop(f"{kind}s_{whose}")


if __name__ == "__main__":
    main()
