"""Filters that people write, tried through the real server: nothing is read through them that their writer may not read (A3)."""

from xmlrpc.client import Fault

import pytest
from conftest import in_shell

ORACLES = (
    "[('user_ids.totp_secret', '=like', '{}%')]",
    "[('user_ids', 'any', [('totp_secret', '=like', '{}%')])]",
    "[('child_ids.user_ids.totp_secret', '=like', '{}%')]",
    "[('user_id.password', '=like', '{}%')]",
    "['|', ('id', '=', 0), '!', ('user_ids.totp_secret', 'not like', '{}')]",
)
PLANT = """
admin = env.ref("base.user_admin")
env.cr.execute("UPDATE res_users SET totp_secret = 'SESAME' WHERE id = %s", [admin.id])
print(admin.partner_id.id)
env.cr.commit()
"""


@pytest.mark.parametrize("model", ["touch.reason", "touch.cadence"])
def test_a3_a_manager_reads_no_secret_letter_by_letter(server, database, model):
    partner = int(in_shell(database, PLANT).split()[-1])
    values = {"name": "Spy", **({"model": "res.partner", "auto_enroll": True} if model == "touch.cadence" else {})}
    record = server.call("manager", model, "create", values)
    for oracle in ORACLES:
        for letter in "SX":
            domain = oracle.format(letter)
            for attempt in (
                lambda domain=domain: server.call("manager", model, "write", [record], {"domain": domain}),
                lambda domain=domain: server.call("manager", model, "create", {**values, "domain": domain}),
            ):
                with pytest.raises(Fault) as refused:
                    attempt()
                assert "totp_secret" in refused.value.faultString or "password" in refused.value.faultString
                assert "Traceback" not in refused.value.faultString
    for values in ({"domain_user_id": 1}, {"problem_date": False}):
        with pytest.raises(Fault):
            server.call("manager", model, "write", [record], values)
    # what the writer may read decides, and nothing else does
    server.call("manager", model, "write", [record], {"domain": f"[('id', '=', {partner})]"})
    [kept] = server.call("manager", model, "read", [record], ["problem", "domain_user_id"])
    assert (kept["problem"], kept["domain_user_id"][1]) == ("", "Manager")
