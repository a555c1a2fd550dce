"""What docs/replay.md says to type on a server: facts are recorded in a shell, and decided again without Odoo and without the database."""

import re
import subprocess
import sys

from conftest import CONF, ROOT, in_shell, odoo


def test_facts_are_recorded_on_a_server_and_decided_again(database, tmp_path):
    in_shell(database, 'env.ref("touch_cadence.touch_cadence_standard").enroll(env["crm.lead"].search([], limit=40)); env.cr.commit()')
    path = tmp_path / "facts.jsonl.gz"
    (line,) = re.findall(r"^echo '(.*)' \| odoo shell", (ROOT / "docs" / "replay.md").read_text(), re.MULTILINE)
    line = line.replace("/tmp/facts.jsonl.gz", str(path))
    said = odoo("shell", "-c", str(CONF), "-d", database, "--no-http", "--log-level=error", input=line).stdout
    assert said.split() == ["40"]
    done = subprocess.run(
        [sys.executable, "-m", "method.replay", str(path)], cwd=ROOT / "touch_cadence", capture_output=True, text=True, check=True
    )
    assert done.stdout == "40 decisions are what they were.\n"
