"""Questions to the private PostgreSQL cluster: exists NAME | drop NAME | list. Exit status 1: no."""

import configparser
import pathlib
import sys

import psycopg2

CONF = pathlib.Path(__file__).parent.parent / ".workbench" / "odoo.conf"


def connect(name="postgres"):
    options = configparser.RawConfigParser()
    options.read(CONF)
    get = options["options"].get
    connection = psycopg2.connect(host=get("db_host"), port=get("db_port"), user=get("db_user"), dbname=name)
    connection.autocommit = True
    return connection


def main(what, name=None):
    with connect().cursor() as cr:
        if what == "list":
            cr.execute("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1")
            print("\n".join(row[0] for row in cr.fetchall()))
            return 0
        cr.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if what == "exists":
            return 0 if cr.fetchone() else 1
        if what == "drop":
            cr.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return 0
    raise SystemExit(__doc__)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
