"""What docs/method.md tells a manager is what the shipped cadences do."""

import subprocess

from conftest import ROOT


def test_the_page_is_what_the_shipped_data_does():
    """Five quiet clients live 200 days through the real planner on the shipped data: each touch stands in the page, and no other."""
    made = subprocess.run([ROOT / "tools" / "method-doc", "--check"], capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-6000:] + made.stderr[-2000:]
