# The two that matter: `make demo` and `make test`. What each does stands in its file under tools/.
.PHONY: demo diary method-doc test quick lint coverage bench faults replay corpus shell stop clean setup test-odoo test-compat pot

demo:
	@DATA=$(DATA) tools/demo $(ARGS)

diary:
	@tools/diary $(ARGS)

method-doc:
	@tools/method-doc $(ARGS)

test:
	@tools/test $(T)

quick:
	@tools/quick $(ARGS)

lint:
	@tools/lint

coverage:
	@tools/coverage

bench:
	@tools/bench $(ARGS)

faults:
	@tools/faults $(ARGS)

replay:
	@FILE=$(FILE) tools/replay $(ARGS)

corpus:
	@tools/corpus

shell:
	@tools/shell $(DB)

test-odoo:
	@tools/test-odoo

test-compat:
	@tools/test-compat

pot:
	@tools/pot

setup:
	@tools/setup

stop:
	@if [ -x .workbench/pgctl ] && .workbench/pgctl status >/dev/null 2>&1; then .workbench/pgctl stop >/dev/null && echo "PostgreSQL of this project is stopped."; else echo "Nothing runs."; fi

clean: stop
	@rm -rf .workbench && echo ".workbench is gone; the next make builds it again."
