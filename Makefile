# Every target runs in .venv, which `python3 .start` makes. On Windows use `py .start serve` and `py .start test`.
PYTHON ?= python3
BIN := .venv/bin
UV ?= uv
PIN := $(UV) pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" --quiet

SENTENCES := -k _n -k phrase -k plural:1,2 -k message:1 -k invalid:2 --sort-output --no-location
RESIDENTS := ja@easy zh_Hans vi ko tl ne pt_BR id
KEPT := --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date --init-missing

.DEFAULT_GOAL := help
.PHONY: help install run test check lint types imports fix migrate lock races pages fuzz benchmark screenshots gallery card stopped translations clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install:  ## set up .venv without running anything
	$(PYTHON) .start doctor --help >/dev/null

run:  ## serve the demo municipality on this machine
	$(PYTHON) .start serve --demo

test:  ## every check and every test (what CI runs)
	$(PYTHON) .start test

check: lint types imports  ## the checks alone, without tests

lint:  ## style and simple faults
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:  ## mypy, strict on the product
	$(BIN)/mypy

imports:  ## the floors of the house
	$(BIN)/lint-imports

fix:  ## format and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migrate:  ## bring the tables and catalogue of ./instance up to this build
	$(BIN)/maeniwa upgrade

lock:  ## pin everything anew (needs uv), newest versions that setup.cfg allows
	$(PIN) setup.cfg -o requirements.lock
	$(PIN) setup.cfg --extra test -c requirements.lock -o requirements-test.lock
	echo 'setuptools>=68' | $(PIN) - -o .start/build.lock

races:  ## at full size: 16 counters x 1,000 tickets, 3,000 bookings at once, 200 kills, a week hour by hour, a played day
	RACES=full $(BIN)/python -m pytest tests/races tests/operations/test_ticket_life.py \
		tests/operations/test_upgrading.py tests/scheduler/test_frozen_week.py tests/journeys/test_played_day.py tests/security tests/time

pages:  ## every page, kiosk and board in every language and theme
	PAGES=full $(BIN)/python -m pytest tests/web/pages/test_every_page.py tests/web/admin/test_first_run_browser.py \
		tests/web/resident/test_sealing_browser.py tests/kiosk/terminal/test_screens_browser.py tests/kiosk/board/test_board_browser.py \
		tests/web/test_notices_browser.py

fuzz:  ## ten minutes of anything for what reads codes (pip install atheris first)
	$(BIN)/python -m tests.fuzz -max_total_time=600 -rss_limit_mb=2048 build/fuzz

benchmark:  ## the table of speeds, side by side in one run
	$(BIN)/python -m tests.benchmarks

translations:  ## find new sentences, put them into every messages.po and catalogue.po, compile what is translated
	for those in everything residents catalogue catalogue-easy; do \
		$(BIN)/pybabel -q extract -F .babel/$$those.cfg $(SENTENCES) -o .venv/$$those.pot . || exit 1; done
	$(BIN)/pybabel -q update $(KEPT) -i .venv/everything.pot -d web/translations -l en
	for one in $(RESIDENTS); do \
		easy=$$(test $$one = ja@easy && echo -easy); \
		$(BIN)/pybabel -q update $(KEPT) -i .venv/residents.pot -d web/translations -l $$one && \
		$(BIN)/pybabel -q update $(KEPT) -i .venv/catalogue$$easy.pot -D catalogue -d models/catalogue/translations -l $$one \
		|| exit 1; done
	$(BIN)/pybabel -q compile -d web/translations
	$(BIN)/pybabel -q compile -D catalogue -d models/catalogue/translations

screenshots:  ## every page at phone and desktop size, into build/pictures
	$(BIN)/python -m tests.screenshots build/pictures

gallery:  ## the stored pictures of the gallery anew, after a change on purpose
	$(BIN)/python -m tests.web.gallery_pictures

card:  ## the clerk's laminated page, docs/ja/counter-card.pdf, from its source
	$(BIN)/python -m tests.counter_card

stopped:  ## the page that a server shows while the house is stopped, docs/ja/server/stopped.html, from its words
	$(BIN)/python -m tests.stopped_page

clean:  ## forget .venv and every cache; the instance stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
