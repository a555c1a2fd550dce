# Shared by the tools: where things stand, how progress and failure are said. Sourced, never run.
set -Eeuo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WB=$ROOT/.workbench
PY=$WB/venv/bin/python
ODOO=$WB/venv/bin/odoo
CONF=$WB/odoo.conf
export PIP_DISABLE_PIP_VERSION_CHECK=1

step() { printf '[%4ds] %s\n' "$SECONDS" "$*"; }
# One clear sentence, then the end. What follows the sentence is the log to read, if there is one.
fail() { printf '\nStopped: %s\n' "$*" >&2; exit 1; }
# run LOG SENTENCE COMMAND...: the command's output goes to LOG; if it fails, its last lines and the sentence are shown.
run() {
  local log=$1 sentence=$2; shift 2
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "$sentence (whole log: ${log#"$ROOT"/})"
  fi
}
free_port() { # the first free TCP port on loopback from $1 on
  python3 - "$1" <<'PY'
import socket, sys
for port in range(int(sys.argv[1]), int(sys.argv[1]) + 500):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        break
PY
}
db_exists() { "$PY" "$ROOT/tools/db.py" exists "$1"; }
QUICK=$WB/quick
method_python() { # a virtual environment for the method alone, in $QUICK
  local pins python=${PYTHON:-python3}
  pins=$(sha256sum "$ROOT/tools/requirements/quick.txt" | cut -d' ' -f1)
  [ "$(cat "$QUICK/.pins" 2>/dev/null)" != "$pins" ] || return 0
  step "Python packages for the method alone"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || fail "the method needs Python 3.10 or later: name one with PYTHON=…"
  "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "this Python makes no virtual environments: install python3-venv, then repeat"
  run "$WB/logs/quick.log" "a virtual environment could not be made" "$python" -m venv --clear "$QUICK"
  run "$WB/logs/quick.log" "pip could not install the pinned packages: is the network there?" \
    "$QUICK/bin/python" -m pip install -r "$ROOT/tools/requirements/quick.txt"
  echo "$pins" >"$QUICK/.pins"
}
touch_template() { # a database with touch_cadence, tpl_touch, to measure and to tell stories on; made anew when models or data change
  local code; code=$(cd "$ROOT/touch_cadence" && cat __manifest__.py models/*/*.py wizard/*.py report/* data/*.xml security/* views/*.xml | sha256sum)
  if db_exists tpl_touch && [ "$(cat "$WB/.tpl_touch" 2>/dev/null)" = "$code" ]; then return 0; fi
  step "a database with touch_cadence"
  "$PY" "$ROOT/tools/db.py" drop tpl_touch
  run "$WB/logs/template.log" "the database could not be made" "$ODOO" -c "$CONF" -d tpl_touch -i touch_cadence --stop-after-init --log-level=warn
  echo "$code" >"$WB/.tpl_touch"
}
