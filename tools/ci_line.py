"""Read logs of Odoo's test runner; print what failed and what was skipped, then 'N passed, N failed, N skipped'.

Odoo's own closing line leaves skips out and ends well when nothing ran: here both fail. Exit status 1 for any failure, any skip, no
test at all, or a log without its closing line.
"""

import re
import sys

LINE = re.compile(r"^\S+ \S+ \d+ (\w+) \S+ (odoo\.[\w.]+): (.*)$")


def read(path):
    """:return: the tests that ran, those that failed, {those that were skipped: why}, and whether the runner came to its end"""
    ran, bad, skipped, ended = [], set(), {}, False
    with open(path, errors="replace") as log:
        for line in log:
            if not (match := LINE.match(line)):
                continue
            level, logger, message = match.groups()
            if re.match(r"Starting \S+\.\S+ \.\.\. ?$", message):
                ran.append((logger, message.split()[1]))
            elif level == "ERROR" and (found := re.match(r"ERROR: (?:setUp|tearDown)Class \((\S+)\.(\w+)\)", message)):
                bad.add(found.groups())  # a whole class: the runner names it only here
            elif level == "ERROR" and (found := re.match(r"(?:FAIL|ERROR): (?:Subtest )?(\S+)", message)):
                bad.add((logger, found[1]))
            elif found := re.match(r"skipped (\S+) : (.*)", message):
                skipped[logger, found[1]] = found[2]
            elif logger == "odoo.tests.result" and re.match(r"\d+ failed, \d+ error\(s\) of \d+ tests", message):
                ended = True
    return set(ran), bad, skipped, ended


def main(*paths):
    passed = failed = skipped = 0
    ended = True
    for path in paths:
        ran, bad, left_out, end = read(path)
        for logger, name in sorted(bad):
            print(f"failed: {name} ({logger})")
        for (_logger, name), why in left_out.items():
            print(f"skipped: {name}: {why}")
        passed, failed, skipped, ended = passed + len(ran - bad - set(left_out)), failed + len(bad), skipped + len(left_out), ended and end
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or skipped or not passed or not ended else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
