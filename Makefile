# Every target sets up what it needs, on any machine with Python 3.13 and make. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
SECONDS ?= 600
export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
PYTHON := $(or $(shell for p in python3.13 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo $$p && break; done), no-python)
LISTS := requirements requirements/dev requirements/sam requirements/scan requirements/fuzz requirements/mutation requirements/peers
PIP_FLAGS := --quiet --disable-pip-version-check --require-hashes
BIN := .venv/bin
APART := --ignore tests/e2e --ignore tests/browser

.PHONY: help setup run send doctor docs events test check browser screenshot format build deploy rollback delete account scan e2e \
	bench load fuzz mutants lock clean build-CallbackFunction

help:  ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

setup: .venv/ready  ## install what tests and the simulator use, into .venv

run: .venv/ready  ## chat with the callback on this machine [PORT=8000]
	@$(BIN)/python -m wechat_sim serve --port $(PORT)

send: override export TEXT := $(value TEXT)# as it was typed: a dollar is no variable of make
send doctor: override export URL := $(value URL)
send: .venv/ready  ## send one message to it, from another terminal: TEXT=… [URL=…]
	@$(BIN)/python -m wechat_sim send --url "$${URL:-http://127.0.0.1:$(PORT)/wechat}" -- "$${TEXT:?say what: make send TEXT=你好}"

doctor: .venv/ready  ## find out why a callback does not work: URL=…
	@$(BIN)/wechat-sim doctor "$${URL:?say where: make doctor URL=https://…/wechat}"

docs: .venv/ready  ## write the tables of message types into the documents anew
	@$(BIN)/python -m scripts.protocol

events: .venv/ready  ## write the sample events anew
	@$(BIN)/python -m wechat_sim events

test: .venv/ready  ## run the tests
	@$(BIN)/pytest $(APART) -m "not node" --hypothesis-profile quick --numprocesses auto --dist worksteal

check: .venv/ready  ## format, lint, types, and all tests, some of which need Node.js: what has to pass
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer, for the tests of de-duplication" >&2; exit 1; }
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest $(APART) --numprocesses auto --dist worksteal --cov

browser: .venv/ready  ## test the chat page in a browser [CHROMIUM=/usr/bin/chromium]
	$(need_chromium)
	@$(BIN)/pytest tests/browser

screenshot: .venv/ready  ## take the picture of the chat page that the READMEs show
	$(need_chromium)
	@$(BIN)/python -m scripts.screenshot docs/chat.png

format: .venv/ready  ## format the code, and mend what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

build deploy rollback delete account: override export STACK := $(value STACK)
build deploy rollback delete account: override export PARAMETERS := $(value PARAMETERS)
deploy rollback: override export URL := $(value URL)

build: .venv/ready .venv-sam/ready  ## build what is deployed, into .aws-sam [STACK=… PARAMETERS=…, else as samconfig.toml]
	@$(BIN)/python -m scripts.deploy build

deploy: .venv/ready .venv-sam/ready  ## deploy it to AWS, and have the doctor examine it [STACK=… PARAMETERS=… URL=your domain's]
	@$(BIN)/python -m scripts.deploy deploy

rollback: .venv/ready  ## bring the last good build back [STACK=…]
	@$(BIN)/python -m scripts.deploy rollback

delete: .venv/ready  ## delete what is deployed [STACK=…]
	@$(BIN)/python -m scripts.deploy delete

account: .venv/ready  ## write the account to SSM, asking for it without showing it [STACK=…]
	@$(BIN)/python -m scripts.account

scan: .venv-scan/ready  ## look for misconfiguration in the template
	@.venv-scan/bin/checkov --file template.yaml --framework cloudformation --skip-download --quiet --compact

e2e: .venv/ready .venv-sam/ready scan  ## test what is deployed, as it is deployed
	@$(BIN)/pytest tests/e2e

bench: .venv/ready .venv-sam/ready .peers/ready build  ## measure what is deployed beside its peers, into docs/performance.md
	@$(BIN)/python -m bench

load: .venv/ready .venv-sam/ready build  ## keep it busy, and see that memory stays flat [SECONDS=600]
	@$(BIN)/python -m bench.load $(SECONDS)

fuzz: .venv/ready .venv/fuzz-ready  ## fuzz the core [SECONDS=600]
	@mkdir -p .fuzz
	@PYTHONPATH=. $(BIN)/python fuzz/callback.py -max_total_time=$(SECONDS) -dict=fuzz/xml.dict -max_len=4096 \
		-artifact_prefix=.fuzz/ .fuzz fuzz/seeds

mutants: .venv/ready .venv/mutation-ready  ## change the code in a thousand ways, and list the changes no test notices
	@rm -rf mutants
	@$(BIN)/mutmut run
	@$(BIN)/mutmut results

lock: .venv/ready  ## choose the versions of all dependencies anew [UPGRADE=1]
	@for name in $(LISTS); do \
		case $$name in */dev) within="-c requirements.txt";; */mutation) within="-c requirements/dev.txt";; *) within=;; esac; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) \
			$$within $$name.in -o $$name.txt; done

clean:  ## remove everything that the other targets made
	@rm -rf .venv .venv-sam .venv-scan .venv-build .peers .aws-sam .fuzz mutants .node .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/ready: requirements/dev.txt pyproject.toml
	$(call install,.venv,$<)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

.venv/fuzz-ready: requirements/fuzz.txt | .venv/ready
	$(call install,.venv,$<)

.venv/mutation-ready: requirements/mutation.txt | .venv/ready
	$(call install,.venv,$<)

.venv-sam/ready: requirements/sam.txt
	$(call install,.venv-sam,$<)

.peers/ready: requirements/peers.txt | .venv-build/ready
	@rm -rf .peers
	@.venv-build/bin/python -m pip install $(PIP_FLAGS) --no-compile --target .peers/installed -r $<
	@touch $@

.venv-build/ready:
	$(call create,.venv-build)
	@touch $@

define need_chromium
	@[ -x "$(CHROMIUM)" ] || { echo "Chromium is missing: install it (on Debian: apt-get install chromium) or name it, CHROMIUM=/path" >&2; exit 1; }
endef

define create
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.13 is missing, or its venv: install it from python.org, or python3.13-venv" >&2; exit 1; }
	@[ -x $(1)/bin/python ] || $(PYTHON) -m venv $(1)
endef

.venv-scan/ready: requirements/scan.txt
	$(call install,.venv-scan,$<)

define install
	$(call create,$(1))
	@echo "installing $(2) into $(1) …" >&2
	@$(1)/bin/python -m pip install $(PIP_FLAGS) -r $(2) 2> $(1)/pip.log || { cat $(1)/pip.log >&2; exit 1; }
	@touch $@
endef

# What `sam build` runs: the code and its locked dependencies, nothing else, in ARTIFACTS_DIR. Every module beside
# handler.py ships, so your own does. The architecture is that of the template's parameter, whatever this machine's is:
# SAM does not hand it over, but notes it beside the folder of its builds before it runs this.
NOTED = $(shell sed -n 's/^architecture = "\(.*\)"/\1/p' "$(ARTIFACTS_DIR)/../../build.toml" 2>/dev/null)
ARCHITECTURE = $(or $(ARCH),$(NOTED),x86_64)
WHEELS = $(if $(filter arm64,$(ARCHITECTURE)),aarch64,x86_64)

build-CallbackFunction: .venv-build/ready
	@.venv-build/bin/python scripts/build.py --into "$(ARTIFACTS_DIR)" --wheels $(WHEELS)
