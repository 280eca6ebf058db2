# `make` alone lists what there is.
# Python 3.11 or newer; HOST and PORT say where the portal listens.
PYTHON ?= $(shell for p in python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
HOST ?= 127.0.0.1
PORT ?= 8000
VENV ?= .venv

IN_VENV := $(VENV)/bin/python -m
# What is measured runs on what a portal needs, without the packages of the tests, which some of it would load.
BENCH = BENCH_PYTHON=$(abspath $(VENV)/served/bin/python) $(IN_VENV)
PO := $(wildcard portal/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
CODE := portal tests $(wildcard bench) wsgi.py
SERVE = sh portal/serve/serve.sh $(VENV)/bin/python -m portal.serve --host $(HOST) --port $(PORT)

.PHONY: help run demo install check test bench bench-full served bench-document lint system bench-system
.DELETE_ON_ERROR:

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1	\2/p' Makefile

run: $(VENV)/run.stamp $(MO) ## Serve the portal on http://127.0.0.1:8000 (other: HOST=… PORT=…)
	@$(SERVE)

demo: export PORTAL_DATABASE_URL = sqlite:///$(CURDIR)/var/demo.sqlite
demo: export PORTAL_MAIL_FOLDER = $(CURDIR)/var/demo-mail
demo: $(VENV)/run.stamp $(MO) ## The same with some forty tickets in another file, and a panel that knows their orders
	@$(SERVE) --demo

install: $(VENV)/run.stamp $(MO) ## Set up what runs, and start nothing (docs/running.md)
	@$(IN_VENV) compileall -q portal wsgi.py

check: lint ## Format, lint, types and the quick tests: no browser, PostgreSQL, PHP, Node, no servers
	$(IN_VENV) pytest -n 2 --dist worksteal -m 'not browser and not postgresql and not interpreters and not long'

test: system lint ## Everything, from nothing: also the browser's tests, and both databases
	$(IN_VENV) pytest -n 2 --dist worksteal

bench: bench-system served ## How fast the portal is, beside others, up to 100,000 tickets: ten minutes
	$(BENCH) bench

bench-full: bench-system served ## The same up to 1,000,000 tickets, then faults under load: an hour
	$(BENCH) bench --full
	$(BENCH) bench.faults

served: $(VENV)/test.stamp $(MO)
	@$(MAKE) --no-print-directory install VENV=$(VENV)/served

bench-document: $(VENV)/test.stamp $(MO) ## Follow docs/running.md on a machine inside this one, as root: five minutes
	@sh bench/system.sh document
	$(IN_VENV) bench.by_the_document

lint: $(VENV)/test.stamp $(MO)
	$(IN_VENV) ruff format --check
	$(IN_VENV) ruff check
	$(IN_VENV) mypy $(CODE)

system:
	@sh tests/system.sh

bench-system:
	@sh bench/system.sh

$(VENV)/run.stamp: requirements.txt
	@test -n '$(PYTHON)' || { echo 'The portal needs Python 3.11 or newer: make PYTHON=/path/to/python3.11'; exit 1; }
	@$(IN_VENV) pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(IN_VENV) pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/test.stamp: tests/requirements.txt $(VENV)/run.stamp
	$(IN_VENV) pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

%.mo: %.po | $(VENV)/run.stamp
	@$(IN_VENV) babel.messages.frontend compile -i $< -o $@
