"""Installing, uninstalling, and the promises of the house."""

import pathlib
import re

from conftest import CONF, drop, in_shell, odoo

ROOT = pathlib.Path(__file__).parent.parent.parent
RESIDUE = """
env.cr.execute('''
    SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public'
    UNION ALL SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || '.' || conname FROM pg_constraint WHERE contype <> 'n'
    UNION ALL SELECT 'model ' || model FROM ir_model
    UNION ALL SELECT 'field ' || model || '.' || name FROM ir_model_fields
    UNION ALL SELECT 'cron ' || cron_name FROM ir_cron
    UNION ALL SELECT 'view ' || coalesce(model, '') || '/' || name FROM ir_ui_view
    UNION ALL SELECT 'rule ' || coalesce(name, id::text) FROM ir_rule
    UNION ALL SELECT 'access ' || name FROM ir_model_access
    UNION ALL SELECT 'type ' || (name->>'en_US') FROM mail_activity_type
    UNION ALL SELECT 'xmlid ' || module || '.' || name FROM ir_model_data
    ORDER BY 1''')
print("\\n".join(row[0] for row in env.cr.fetchall()))
"""


def test_uninstalling_leaves_nothing_behind(template):
    name = "system_uninstall"
    drop(name)
    odoo("db", "-c", str(CONF), "duplicate", "-f", "tpl_crm", name)
    before = in_shell(name, RESIDUE)
    odoo("-c", str(CONF), "-d", name, "-i", "touch_cadence", "--stop-after-init", "--log-level=error")
    in_shell(
        name,
        """
leads = env["crm.lead"].create([{"name": f"Deal {n}", "email_from": f"d{n}@touch.example", "user_id": 2} for n in range(3)])
env.ref("touch_cadence.touch_cadence_standard").enroll(leads)
env["touch.touch"].search([])[0].done()
env.cr.commit()
""",
    )
    odoo("module", "uninstall", "-c", str(CONF), "-d", name, "touch_cadence")
    after = in_shell(name, RESIDUE)
    drop(name)
    assert set(after.splitlines()) - set(before.splitlines()) == set()
    assert set(before.splitlines()) - set(after.splitlines()) == set()


def test_no_registry_host_nor_mirror_is_written_into_the_project():
    """The Debian mirror is the machine's own; hosts of registries stay out of every file."""
    import subprocess

    files = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(files) > 40
    pattern = re.compile(r"https?://[\w.-]*(debian\.org|pypi|pythonhosted|npmjs)")
    assert [name for name in files if pattern.search((ROOT / name).read_text(errors="ignore"))] == []
