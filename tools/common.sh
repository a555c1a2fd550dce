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
