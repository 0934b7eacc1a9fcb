# make build   set up, build this repository's own archive, say where to look
# make test    everything that must hold: style, types, layers, behaviour
# make judges  all judges of pages, Lighthouse too, which make test leaves out (npm, Java, chromium; a quarter of an hour)
# make pictures  the pictures of docs/, of an invented archive (chromium, fonts-noto-core; minutes)
# make coverage  which lines and branches the tests reach
# make histories  many more random histories of an archive than make test has time for
# make bench   the benchmark at 1,000 and 10,000 articles, in minutes; make bench-peers installs the peers
# make bench-search  search at 10,000 articles, Pagefind beside it where npm has it
# make edits   a thousand random edits under the preview, which must end as a clean build does
# make lock    renew the lock file after a change of dependencies

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

JUDGES := tests/judges/node_modules/installed
BENCH := $(BIN)/python benchmarks/bench.py --results benchmarks/results/small.jsonl

.PHONY: build test judges pictures coverage edits histories bench bench-peers bench-search lock clean

build: $(VENV)/installed
	$(BIN)/bimson-site build
	@echo "Open build/index.html, or: $(BIN)/bimson-site serve"

test: $(VENV)/tested $(JUDGES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "bimson-site needs Python 3.11 or newer; name one: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv is missing; on Debian and Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/tested: $(VENV)/installed requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.lock
	@touch $@

# Where there is no npm, tests that want its packages are skipped (in CI they fail).
$(JUDGES): tests/judges/package-lock.json
	@cd tests/judges && npm ci --silent --ignore-scripts --no-audit --no-fund && touch node_modules/installed || \
	  echo "npm is missing or failed: tests that want axe-core, html-validate and the Nu checker are skipped, in CI they fail"

judges: $(VENV)/tested $(JUDGES)
	$(BIN)/pytest tests/judges
	$(BIN)/pytest tests/judges/lighthouse.py

pictures: $(VENV)/tested
	$(BIN)/python benchmarks/pictures.py docs/pictures

coverage: $(VENV)/tested
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --show-missing

edits: $(VENV)/tested
	BIMSON_SITE_EDITS=1000 $(BIN)/pytest tests/properties/test_preview_edits.py

histories: $(VENV)/tested
	BIMSON_SITE_LEDGERS=30000 $(BIN)/pytest tests/properties/test_histories.py
	BIMSON_SITE_HISTORIES=60 $(BIN)/pytest tests/properties/test_incremental.py

bench: $(VENV)/installed
	@rm -f benchmarks/results/small.jsonl
	$(BENCH) --sizes 1000
	$(BENCH) --sizes 10000 --tools bimson-site,default-theme,hugo
	$(BENCH) --sizes 10000 --tools eleventy,pelican --scenarios cold --rounds 1
	$(BIN)/python benchmarks/report.py benchmarks/results/small.jsonl

bench-search: $(VENV)/tested
	-npm install --silent --prefix benchmarks/peers-search pagefind@1.5
	$(BIN)/python benchmarks/search.py --size 10000 --pagefind benchmarks/peers-search/node_modules/.bin/pagefind

bench-peers: $(VENV)/installed
	$(BIN)/python benchmarks/bench.py --install

lock: $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links -o requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --extra test -c requirements.lock -o requirements-test.lock pyproject.toml

clean:
	rm -rf build .bimson $(VENV) dist
