# One word, one job. `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark
SPARK4 := build/spark4/.ready
JAVA := command -v java >/dev/null || test -x "$$JAVA_HOME/bin/java" || { echo "error: Spark needs Java 17: apt-get install openjdk-17-jre-headless" >&2; exit 2; }
ENV ?= dev
DIST ?= dist
MINUTES ?= 60
NAME ?= gate
STORMS ?= 40

.PHONY: help setup demo live spark spark-setup test lint package package-test bootstrap deploy image destroy drift aws-test
.PHONY: infra-test example parity spark4 spark-s3 readers pages sdks proof soak chaos bench docs lock audit clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  \033[36m%-13s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): constraints.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is not on the PATH; install Python 3.11 or say make PYTHON=python3" >&2; exit 2; }
	@echo "setting up $(VENV) (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

setup: $(READY) ## Install everything into .venv

demo: $(READY) ## Generate a shop and run landing -> bronze -> silver -> gold
	@$(BIN)/marketpulse demo --folder demo

live: $(READY) ## A simulated shop posts through the door: watch revenue and funnel move, Ctrl-C ends it
	@$(BIN)/marketpulse simulate --rate 20 & visitors=$$!; trap 'kill $$visitors 2>/dev/null' EXIT; \
	  $(BIN)/marketpulse live --landing live/landing --warehouse live/warehouse

$(SPARK): $(READY) constraints-spark.txt
	@$(JAVA)
	@echo "adding Spark to $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r constraints-spark.txt
	@touch $(SPARK)

spark: $(SPARK) ## Install the Spark engine (needs Java 17) and run the demo on it
	@$(BIN)/marketpulse demo --folder demo-spark --engine spark

spark-setup: $(SPARK)

# Thousands of small commits, each flushed: where there is room they are made in memory, which is twice as quick.
IN_MEMORY = $$(test "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}')" -gt 4000000 2>/dev/null \
  && mktemp -d /dev/shm/marketpulse-XXXXXX)

# Tests at once. Those that wait for a JVM, a server or another process leave their core to others.
WORKERS ?= 3

test: $(READY) ## Everything a change must pass
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m compileall -q src retail tests # hundreds of commands are typed: none is to compile what it imports
	@memory=$(IN_MEMORY); trap 'rm -rf "$$memory"' EXIT HUP INT TERM; \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $${memory:+--basetemp="$$memory/tests"}

lint: $(READY) ## Format, lint, types, imports
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
	@$(BIN)/mypy && $(BIN)/lint-imports

package: $(READY) ## Build what AWS needs into dist/, the same for every environment
	@$(BIN)/python package/build.py --output $(DIST)

package-test: $(READY) ## Use the package as AWS does: nothing else installed, no index
	@$(BIN)/python -m pytest -n 0 --timeout 1800 package

audit: build/audit/bin/pip-audit build/pages/package-lock.json ## What is pinned, against the lists of known weaknesses; fails when it cannot ask
	@build/audit/bin/pip-audit --strict --disable-pip --progress-spinner off -r constraints.txt
	@build/audit/bin/pip-audit --strict --disable-pip --progress-spinner off -r constraints-spark.txt
	@cd build/pages && npm audit

build/pages/package-lock.json: proofs/pages/package.json
	@mkdir -p build/pages && cp proofs/pages/package.json build/pages/
	@cd build/pages && npm install --package-lock-only --ignore-scripts --no-audit --no-fund --silent

build/audit/bin/pip-audit: package/audit.txt
	@$(PYTHON) -m venv build/audit
	@build/audit/bin/python -m pip install --quiet --disable-pip-version-check -r package/audit.txt
	@touch $@

bootstrap: ## Once per AWS account: state bucket and account settings; writes backend.tf (ACCOUNT_OF=prod where prod has one of its own)
	@infra/bin/bootstrap $(ACCOUNT_OF)

deploy: package ## Package, plan, ask, apply (ENV=dev|dev-<name>|stg|prod)
	@infra/bin/deploy $(ENV) $(abspath $(DIST))

image: package ## Build and push the collector's image (ENV=…, TAG=… as ingestion.collector.image says; docker or podman)
	@infra/bin/image $(ENV) $(abspath $(DIST)) "$(TAG)"

destroy: ## Tear an environment down, after a question (ENV=dev|dev-<name>|stg|prod)
	@infra/bin/destroy $(ENV) $(abspath $(DIST))

aws-test: package ## The platform in a real account, as a sandbox that is thrown away (ACCOUNT=number, NAME=gate)
	@test -n "$(ACCOUNT)" || { echo "error: which account? make aws-test ACCOUNT=123456789012" >&2; exit 2; }
	@$(BIN)/python -m tests.infra.sandbox $(ACCOUNT) --name $(NAME) --artifacts $(DIST)

drift: package ## Whether what stands is what is written here: 0 it is, 1 it is not (ENV=dev|dev-<name>|stg|prod)
	@infra/bin/drift $(ENV) $(abspath $(DIST))

infra-test: $(READY) build/checkov/bin/checkov ## The platform: every module, checkov, and all environments really applied
	@$(BIN)/python -m pytest -n 2 --dist loadfile --timeout 1800 infra/tests
	@$(BIN)/python -m tests.infra.apply

build/checkov/bin/checkov: infra/requirements.txt
	@$(PYTHON) -m venv build/checkov
	@build/checkov/bin/python -m pip install --quiet --disable-pip-version-check -r infra/requirements.txt
	@touch $@

example: $(READY) ## Run the Complete Journey example on its real data
	@$(BIN)/python examples/complete_journey/run.py

parity: $(SPARK) ## Every table on DuckDB and on Spark, on every data set: docs/parity.md
	@$(BIN)/python proofs/parity.py

$(SPARK4): constraints.txt pyproject.toml
	@$(JAVA)
	@echo "setting up build/spark4 (once)"
	@test -x build/spark4/bin/python || $$(python3.13 -c "" 2>/dev/null && echo python3.13 || echo $(PYTHON)) -m venv build/spark4
	@build/spark4/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@build/spark4/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@build/spark4/bin/python -m pip install --quiet --disable-pip-version-check "pyspark>=4.1,<4.2"
	@touch $(SPARK4)

spark4: $(SPARK4) ## The tests of both engines and parity on Spark 4: docs/parity-spark4.md
	@EVERY_ENGINE=1 build/spark4/bin/python -m pytest -n 2 -rs -k spark
	@build/spark4/bin/python proofs/parity.py

build/spark-s3/.ready: proofs/spark-s3.txt
	@echo "fetching Hadoop's S3A into build/spark-s3 (once)"
	@rm -rf build/spark-s3 && mkdir -p build/spark-s3/archive
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --no-build-isolation \
	  --require-hashes --dest build/spark-s3/archive -r proofs/spark-s3.txt
	@tar -xzf build/spark-s3/archive/*.tar.gz -C build/spark-s3 --strip-components 3 --wildcards \
	  '*/hadoop-aws-*.jar' '*/aws-java-sdk-bundle-*.jar'
	@rm -r build/spark-s3/archive
	@touch $@

spark-s3: $(SPARK) ## Spark on S3 and Glue, emulated: the demo by spark-submit with the package, and storms
	@$(MAKE) --no-print-directory build/spark-s3/.ready \
	  || echo "SKIPPED: proofs/spark-s3.txt could not be fetched: Spark on S3 is not tried" >&2
	@$(BIN)/python -m pytest -n 0 -s -rs --timeout 7200 proofs/test_spark_s3.py proofs/test_spark_storms.py

build/readers/.ready: constraints.txt pyproject.toml proofs/readers.txt proofs/readers-duckdb.txt
	@echo "setting up build/readers (once)"
	@test -x build/readers/bin/python || $(PYTHON) -m venv build/readers
	@build/readers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@build/readers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@build/readers/bin/python -m pip install --quiet --disable-pip-version-check -r proofs/readers.txt
	@build/readers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --upgrade \
	  --target build/readers/duckdb -r proofs/readers-duckdb.txt
	@touch $@

readers: build/readers/.ready ## Polars, Daft, chDB, DuckDB's iceberg extension on our tables, none skipped
	@EVERY_READER=1 build/readers/bin/python -m pytest -n 0 -rs -k "not spark" \
	  tests/interop/test_readers.py tests/interop/test_by_address.py tests/serving/test_connect.py tests/python

build/pages/.ready: proofs/pages/package.json
	@mkdir -p build/pages && cp proofs/pages/package.json build/pages/
	@cd build/pages && npm install --ignore-scripts --no-audit --no-fund --silent
	@touch $@

pages: $(READY) ## The console in a browser: axe, Lighthouse, pictures of every page in build/pages/pictures (needs node, npm, Chromium)
	@command -v npm >/dev/null && $(MAKE) --no-print-directory build/pages/.ready \
	  || echo "SKIPPED: npm is not here, or could not install proofs/pages/package.json: no page is opened" >&2
	@PAGES_NODE=$$(test -e build/pages/.ready && echo build/pages) PAGES_PICTURES=build/pages/pictures \
	  $(BIN)/python -m pytest -n 0 -rs --timeout 3600 proofs/test_pages.py

build/sdks/.python: proofs/sdks/requirements.txt
	@$(PYTHON) -m venv build/sdks/python
	@build/sdks/python/bin/python -m pip install --quiet --disable-pip-version-check -r proofs/sdks/requirements.txt
	@touch $@

build/sdks/.node: proofs/sdks/package.json
	@mkdir -p build/sdks && cp proofs/sdks/package.json build/sdks/
	@cd build/sdks && npm install --ignore-scripts --no-audit --no-fund --silent
	@touch $@

sdks: $(READY) build/sdks/.python ## Real clients of Python, Node and browsers post to a door (needs node, npm, Chromium)
	@command -v npm >/dev/null && $(MAKE) --no-print-directory build/sdks/.node \
	  || echo "SKIPPED: npm is not here, or could not install proofs/sdks/package.json: no client of Node or a browser posts" >&2
	@SDK_PYTHON="$$PWD/build/sdks/python/bin/python" SDK_NODE=$$(test -e build/sdks/.node && echo "$$PWD/build/sdks") \
	  $(BIN)/python -m pytest -n 2 -rs proofs/test_sdks.py

proof: $(READY) ## The long proofs: kills at every commit and at random moments, every test of both engines (soak, chaos: their own)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --timeout 3600 proofs \
	  --ignore proofs/test_soak.py --ignore proofs/test_chaos.py --ignore proofs/test_spark_storms.py
	@EVERY_ENGINE=1 $(BIN)/python -m pytest -n 2 --dist loadfile -k spark

soak: $(READY) ## A day in an hour: door, live, tills, readers, upkeep, erasures and two hundred kills at once (MINUTES=60)
	@SOAK_MINUTES=$(MINUTES) $(BIN)/python -m pytest -n 0 -s proofs/test_soak.py

chaos: $(READY) ## Runs on an emulated S3 and Glue that throttle, lose answers, cut them off and expire (STORMS=40)
	@CHAOS_STORMS=$(STORMS) $(BIN)/python -m pytest -n 2 -s --timeout 7200 proofs/test_chaos.py

bench: $(READY) ## Benchmarks: ratios to a hand-written DuckDB script, to PySpark and to dbt
	@test -x benchmarks/work/venv/bin/dbt || { $(PYTHON) -m venv benchmarks/work/venv \
	  && benchmarks/work/venv/bin/python -m pip install --quiet -r benchmarks/requirements.txt; } \
	  || echo "SKIPPED the peers: benchmarks/requirements.txt could not be installed" >&2
	@$(BIN)/python benchmarks/run.py $(ARGS)

docs: $(READY) ## Generate the CLI reference from the help texts, and the page of feeds
	@$(BIN)/python docs/generate.py

lock: ## Pin the newest versions the ranges allow into constraints.txt
	@$(BIN)/python -m piptools compile --quiet --generate-hashes --strip-extras --extra alerts --extra avro --extra aws --extra collect --extra console --extra dev --extra examples --extra mcp --extra streams --allow-unsafe --upgrade \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header \
	  --build-deps-for editable --output-file constraints.txt pyproject.toml
	@$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'], sep='\n')" \
	  | $(BIN)/python -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe --upgrade --no-header \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file constraints-spark.txt -

clean: ## Remove what make made
	@rm -rf $(VENV) demo demo-spark live build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
