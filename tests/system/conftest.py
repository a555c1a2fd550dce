"""A live Odoo on a copy of a template database: real commits, real cron workers, a real browser."""

import os
import pathlib
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.request
import xmlrpc.client

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parent.parent.parent
CONF = ROOT / ".workbench" / "odoo.conf"
AXE = ROOT / ".workbench" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / ".workbench" / "logs" / "shots"
sys.path.insert(0, str(ROOT / "tools"))


def odoo(*args, **kwargs):
    """Run an Odoo command; its output is shown only when it fails."""
    done = subprocess.run([sys.executable, "-m", "odoo", *args], capture_output=True, text=True, **kwargs)
    assert done.returncode == 0, done.stderr[-4000:]
    return done


def in_shell(database, script):
    """Run ``script`` in an Odoo shell and return what it printed; it commits what it wants kept."""
    return odoo("shell", "-c", str(CONF), "-d", database, "--no-http", "--log-level=error", input=script).stdout


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """An Odoo server process on a database of its own."""

    def __init__(self, database, crons=0, args=()):
        self.database, self.port, self.uids = database, free_port(), {}
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = open(ROOT / ".workbench" / "logs" / f"{database}-{self.port}.log", "w")  # noqa: SIM115 - lives as long as the server
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "odoo", "-c", str(CONF), "-d", database, "--db-filter", f"^{database}$", "-p", str(self.port),
                f"--max-cron-threads={crons}", "--no-database-list", *args,
            ],
            stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def wait(self):
        for _try in range(240):
            assert self.process.poll() is None, "the server ended by itself"
            try:
                if urllib.request.urlopen(f"{self.url}/web/health", timeout=2).status == 200:
                    return self
            except OSError:
                time.sleep(0.25)
        raise AssertionError("the server does not answer")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            # Odoo ends by an exception in its main thread, which is lost where it falls into a destructor; its second signal forces the end
            self.process.send_signal(how)
            self.process.wait(30)
        self.log.close()

    def call(self, login, model, method, *args, **kwargs):
        if login not in self.uids:  # checking a password takes long, on purpose
            common = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/common")
            self.uids[login] = common.authenticate(self.database, login, login, {})
        proxy = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object", allow_none=True)
        return proxy.execute_kw(self.database, self.uids[login], login, model, method, list(args), kwargs)

    def plant(self, table, ids, column, value):
        """Put into the database what nobody may write by hand, over RPC or a form."""
        import db

        with db.connect(self.database).cursor() as cr:
            cr.execute(f'UPDATE {table} SET "{column}" = %s WHERE id = ANY(%s)', [value, list(ids)])


def drop(name):
    import db

    with db.connect().cursor() as cr:
        cr.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(ROOT / ".workbench" / "data" / "filestore" / name, ignore_errors=True)


@pytest.fixture(scope="session")
def template():
    """A database with the addon and a small sales world; copied by each test that needs its own."""
    name = "system_template"
    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", "tpl_crm", name)
    odoo("-c", str(CONF), "-d", name, "-i", "touch_cadence", "--stop-after-init", "--log-level=error")
    in_shell(
        name,
        """
users = env["res.users"].with_context(no_reset_password=True)
groups = {"manager": "sales_team.group_sale_manager", "rep": "sales_team.group_sale_salesman"}
made = {
    login: users.create({"name": login.title(), "login": login, "password": login, "tz": "UTC", "odoobot_state": "disabled", "email": f"{login}@touch.example",
        "group_ids": [(6, 0, [env.ref(group).id, env.ref("base.group_user").id, env.ref("base.group_partner_manager").id])]})
    for login, group in groups.items()
}
team = env["crm.team"].create({"name": "Sales", "user_id": made["manager"].id, "member_ids": [(6, 0, [made["rep"].id])]})
env.company.touch_per_day = 0  # what a day takes is tried elsewhere; here 300 touches are planned at once
env["crm.lead"].create([
    {"name": f"Deal {n}", "type": "opportunity", "user_id": made["rep"].id, "team_id": team.id,
     "email_from": f"deal{n}@touch.example", "phone": f"+32470{n:06}", "street": f"{n} Main Street", "city": "Ghent"}
    for n in range(1, 301)
])
# the other crons of Odoo have nothing to do with us, and some of them look for the network
ours = env.ref("touch_cadence.ir_cron_plan_touches") | env.ref("touch_cadence.ir_cron_assign_experts")
env["ir.cron"].search([("id", "not in", ours.ids)]).active = False
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
""",
    )
    yield name
    drop(name)


@pytest.fixture(scope="module")
def make_database(template):
    """A function that copies the template for a whole module of tests."""
    made = []

    def make(name):
        drop(name)
        odoo("db", "-c", str(CONF), "duplicate", "-f", template, name)
        made.append(name)
        return name

    yield make
    for name in made:
        drop(name)


class MailBox(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail needs to be delivered; what arrives is kept in ``server.mails``. Nobody named "gone" is known."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            command = line.strip().upper()
            if command.startswith(b"RCPT TO:<GONE@"):
                self.wfile.write(b"550 5.1.1 No such user here\r\n")
                continue
            if command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = []
                while (line := self.rfile.readline().rstrip(b"\r\n")) != b".":
                    body.append(line)
                self.server.mails.append(b"\n".join(body).decode())
            self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
            if command == b"QUIT":
                return


@pytest.fixture
def mails(server):
    """What the server's mails are, once they were delivered: a mail server of its own on loopback."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailBox) as box:
        box.mails, box.daemon_threads = [], True
        threading.Thread(target=box.serve_forever, daemon=True).start()
        in_shell(
            server.database,
            f"""
env["ir.mail_server"].create({{"name": "Box", "smtp_host": "127.0.0.1", "smtp_port": {box.server_address[1]}, "smtp_encryption": "none"}})
env.cr.commit()
""",
        )
        yield box.mails
        box.shutdown()


@pytest.fixture
def database(template, request):
    name = f"system_{request.node.name.lower()[:40]}"
    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", template, name)
    yield name
    drop(name)


@pytest.fixture
def server(database):
    server = Server(database).wait()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium():
    path = ROOT / ".workbench" / "bin" / "chromium"
    assert path.exists(), "no browser: the set-up installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.path.realpath(path), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def login(server, chromium):
    """A function that logs a user in and returns the page; a script error on any page fails the test."""
    contexts, errors = [], []

    def enter(user, width=1366, height=900):
        phone = width < 768
        context = chromium.new_context(base_url=server.url, viewport={"width": width, "height": height}, has_touch=phone, is_mobile=phone)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/web/login")
        page.fill("input[name=login]", user)
        page.fill("input[name=password]", user)
        page.click("button[type=submit]")
        page.wait_for_selector(".o_main_navbar, .o_navbar")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not errors, errors


def serious(page, within):
    """:return: what axe-core finds serious or critical within a part of the page: [(rule, elements)]"""
    assert AXE.exists(), "axe-core is missing: run the set-up"
    assert page.locator(within).count(), f"nothing to look at: {within}"
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    return page.evaluate(
        """async (within) => (await axe.run(within, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})).violations
            .filter(({impact}) => ["serious", "critical"].includes(impact))
            .map(({id, nodes}) => [id, nodes.map(({html}) => html.slice(0, 200))])""",
        within,
    )


@pytest.fixture
def shot(request):
    """Keep a picture of the page, for people to look at; never in git."""
    SHOTS.mkdir(parents=True, exist_ok=True)

    def take(page, name):
        page.wait_for_function(
            "document.readyState === 'complete' && !document.querySelector('.o_loading_indicator, .o_view_controller .o_skeleton')"
        )
        page.screenshot(path=SHOTS / f"{name}.png")

    return take
