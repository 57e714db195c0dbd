# The two commands are `make run` and `make test`; `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help run test types test-postgres test-long check check-python check-web docs messages bench bench-own bench-clips web clean lock sbom setup-run setup-dev setup-docs
BIN := .venv/bin
# Compiled modules are kept, whatever the machine says: a process of vfeed starts in less than half the time.
unexport PYTHONDONTWRITEBYTECODE
ASSETS := vfeed/server/static/dist/manifest.json
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null) $(wildcard vfeed/server/translations/*/LC_MESSAGES/messages.po)

help:
	@echo "make run     set up what is missing, start vfeed and say where to open it (Ctrl-C stops it)"
	@echo "make test    run every test, real Chromium included"
	@echo "make test-postgres   every test that opens a database and drives no browser, on a PostgreSQL server that they start and end"
	@echo "make test-long   the searches and power cuts that take long; what needs root is skipped without it"
	@echo "make types   docs/openapi.json and the browser's types anew, from the shapes of the JSON interface"
	@echo "make messages   every word of the pages read anew into vfeed/server/translations, for translators"
	@echo "make check   ruff, mypy strict, imports and dependencies, types and lint of the browser code"
	@echo "make docs    the documents and the reference as a site in dist/site, to be opened from the disk"
	@echo "make bench   accuracy and speed, as ratios, on the sample clips and on what bench-clips made; writes bench/REPORT.md"
	@echo "make bench-clips   render the tune and test sets (two hours and more; can be stopped and started again)"
	@echo "make bench-own FOLDER=...   agreement with your own coding of your own clips"
	@echo "make web     build what runs in the browser"
	@echo "make lock    write requirements/*.txt anew from pyproject.toml"
	@echo "make sbom    write the bill of materials (CycloneDX) to dist/sbom.cdx.json; every wheel carries it"
	@echo "make clean   remove what was built and installed here (never your data)"

setup-run:
	@sh requirements/setup.sh run

setup-dev:
	@sh requirements/setup.sh dev

setup-docs:
	@sh requirements/setup.sh docs

$(ASSETS): $(WEB_SOURCES) hatch_build.py
	@echo "Building the pages' scripts and styles."
	@$(BIN)/python hatch_build.py
	@touch $@

web: setup-run
	@$(MAKE) -s --no-print-directory $(ASSETS)

run: setup-run
	@$(MAKE) -s --no-print-directory $(ASSETS)
	@exec $(BIN)/vfeed run

test: setup-dev
	@$(MAKE) -s --no-print-directory $(ASSETS)
	$(BIN)/python hatch_build.py test
# Files with few long tests first, in this order: one of them last would leave the other cores idle.
# One worker more than there are cores: of what two cores could do in that time, a fifth was spent waiting for processes and servers.
# What failed is run once more by itself, and both runs are shown.
	$(BIN)/python -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --maxprocesses 8 --dist loadfile --no-loadscope-reorder tests/integration tests/contracts tests/unit \
	  || $(BIN)/python -m pytest --last-failed --last-failed-no-failures none tests/integration tests/contracts tests/unit
# What drives a browser keeps an event loop in its process, and measures: it runs by itself, and three at once keep two cores busy.
# Browsers on a busy machine miss beats: what failed is run once more with nothing beside it, and both runs are shown.
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder tests/web \
	  || $(BIN)/python -m pytest --last-failed --last-failed-no-failures none tests/web

test-postgres: setup-dev
	@$(MAKE) -s --no-print-directory $(ASSETS)
# Two files start servers of their own and run in `make test`.
	VFEED_TEST_DATABASE=postgres $(BIN)/python -m pytest -n logical --maxprocesses 8 --dist loadfile -m "not sqlite" \
	  --ignore tests/integration/test_on_servers.py --ignore tests/integration/test_three_machines.py \
	  tests/integration tests/contracts tests/unit

test-long: setup-dev
	@$(MAKE) -s --no-print-directory $(ASSETS)
# What drives a browser keeps an event loop in its process, beside which Flask refuses to work: each file by itself.
# Of what is tested with made-up input `make test` takes forty examples each, here it is a thousand.
	@failed=; $(BIN)/python -m pytest -n logical --maxprocesses 8 --hypothesis-profile many -m hypothesis --timeout 3600 tests/unit || failed=" examples"; \
	  for file in tests/long/test_*.py; do $(BIN)/python -m pytest $$file || failed="$$failed $$file"; done; \
	  [ -z "$$failed" ] || { echo "failed:$$failed"; exit 1; }

types: setup-dev
	$(BIN)/python -m vfeed.server.write_types

messages: setup-dev
	$(BIN)/python hatch_build.py messages

# Both halves work on one core each.
check: setup-dev
	@$(MAKE) -s --no-print-directory $(ASSETS)
	@$(MAKE) --no-print-directory -j 2 check-python check-web

check-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry . --no-ansi
	$(BIN)/mypy

check-web:
	$(BIN)/python hatch_build.py check lint

# A warning is an error: a link that leads nowhere, a page that no other leads to. Then nothing in it may be fetched.
docs: setup-docs
	.venv-docs/bin/python -m sphinx -q -W --keep-going -c docs/site -d dist/site-cache . dist/site
	.venv-docs/bin/python docs/site/offline.py dist/site
	@echo "Open dist/site/index.html"

bench: setup-dev
	$(BIN)/python -m bench

bench-own: setup-dev
	$(BIN)/python -m bench --own "$(FOLDER)"

# What renders has an environment of its own: nothing else needs it.
bench-clips:
	@sh sample_clips/generator/setup.sh
	@for set in real_like_tune real_like_test tune test long_tune long_test; do \
	  .venv-generator/bin/python -m sample_clips.generator render bench/sets/$$set.json --out bench/cache/$$set; \
	done

lock: setup-dev
# What runs is what was tested: the lock of what runs keeps to the versions of the other.
	for pair in dev:dev run:build; do \
	  $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	    --override requirements/overrides.txt $$([ $${pair%:*} = dev ] || echo --constraint requirements/dev.txt) --group $${pair#*:} pyproject.toml -o requirements/$${pair%:*}.txt; \
	done
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --group docs -o requirements/docs.txt
# What a service installs: all that runs, with the drivers of servers, and nothing that builds or draws on a screen.
	sed -n 's/^opencv-python==\([^ ]*\).*/opencv-python-headless==\1/p' requirements/dev.txt > requirements/headless.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --override requirements/overrides.txt --override requirements/overrides_service.txt --constraint requirements/dev.txt \
	  --extra postgres --extra redis --extra gunicorn --extra s3 --extra oidc pyproject.toml requirements/headless.txt -o requirements/service.txt
	rm requirements/headless.txt

sbom: setup-dev
	$(BIN)/python hatch_build.py sbom

clean:
	rm -rf .venv .venv-generator .venv-docs web/node_modules vfeed/server/static/dist dist
