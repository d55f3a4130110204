# Every target sets up what it needs, on any machine with Python 3.12 or newer and GNU make. `make help` lists them.
ifneq ($(filter 3.%,$(MAKE_VERSION)),)
$(error GNU make 4 is needed, this is $(MAKE_VERSION): on a Mac, brew install make, then say gmake instead of make)
endif

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.SUFFIXES:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
DURATION ?= 600
export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

BIN := .venv/bin
# One process more than there are cores, since many tests wait.
PARALLEL = --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal
APART := $(addprefix --ignore ,$(wildcard tests/e2e tests/browser tests/zoo examples/*/tests/e2e examples/*/tests/browser))

# Arguments reach a command through its environment, as typed: a dollar sign is not a variable of make.
send: override export TEXT := $(value TEXT)
send doctor deploy rollback: override export URL := $(value URL)
build deploy rollback delete account secret: override export STACK := $(value STACK)
build deploy rollback delete account secret: override export PARAMETERS := $(value PARAMETERS)
secret: override export NAME := $(value NAME)

define need_chromium
	@[ -x "$(CHROMIUM)" ] || { echo "Chromium is missing: install it (on Debian: apt-get install chromium) or name it, CHROMIUM=/path" >&2; exit 1; }
endef

define need_zoo
	@PATH="$$PATH:/usr/sbin"; php -r 'exit(extension_loaded("simplexml") && extension_loaded("mbstring") ? 0 : 1);' 2>/dev/null \
		&& command -v nginx openssl >/dev/null \
		|| { echo "the zoo needs PHP and nginx: on Debian, apt-get install php-cli php-xml php-mbstring nginx-light openssl" >&2; exit 1; }
endef

help:
	@awk '/^## / {printf "%s\n", substr($$0, 4)} \
		/^[a-z0-9-]+:.*  ## / {name = $$1; sub(/:.*/, "", name); sub(/.*  ## /, ""); printf "  %-11s %s\n", name, $$0}' Makefile

## Use it

run: .venv/ready  ## chat with the callback on this machine [PORT=8000] [DEDUP_TABLE=memory for late answers]
	@$(BIN)/python -m scripts.lock --check
	@$(BIN)/python -m wechat_sim serve --port $(PORT)

send: .venv/ready  ## send one message to it, from another terminal: TEXT=… [URL=…]
	@$(BIN)/python -m wechat_sim send --url "$${URL:-http://127.0.0.1:$(PORT)/wechat}" -- "$$TEXT"$(if $(value TEXT),,$(error say what: make send TEXT=你好))

test check: export PYTHONDONTWRITEBYTECODE =  # else each run compiles all that it imports, which is a third of it

test: .venv/dev-ready  ## run the tests, but for those that `make check` alone runs: marked thorough, or in need of Node.js
	@$(BIN)/python -m scripts.lock --check
	@$(BIN)/pytest $(APART) -m "not node and not network and not thorough" --hypothesis-profile quick $(PARALLEL)

account: .venv/ready  ## write the account to SSM, asking for it without showing it [STACK=…]
	@$(BIN)/python -m scripts.account

secret: .venv/ready  ## write a secret of your own to SSM, asking for it without showing it: NAME=WEATHER_KEY [STACK=…]
	@$(BIN)/python -m scripts.secret

build: .venv/ready .venv-sam/ready  ## build what is deployed, into .aws-sam [STACK=… PARAMETERS=…, else as samconfig.toml]
	@$(BIN)/python -m scripts.deploy build

deploy: .venv/ready .venv-sam/ready  ## deploy it to AWS, and have the doctor examine it [STACK=… PARAMETERS=… URL=your domain's]
	@$(BIN)/python -m scripts.deploy deploy

rollback: .venv/ready  ## bring the last good build back [STACK=…]
	@$(BIN)/python -m scripts.deploy rollback

delete: .venv/ready  ## delete what is deployed [STACK=…]
	@$(BIN)/python -m scripts.deploy delete

doctor: .venv/ready  ## find out why a callback does not work: URL=…
	@$(BIN)/python -m wechat_sim doctor "$$URL"$(if $(value URL),,$(error say where: make doctor URL=https://…/wechat))

lock: .venv-lock/ready  ## lock the dependencies after a change of requirements.in [UPGRADE=1 for new versions of all]
	@.venv-lock/bin/python -m scripts.lock $(if $(UPGRADE),--upgrade)

clean:  ## remove everything that the other targets made
	@rm -rf .venv .venv-* .zoo .peers .aws-sam .fuzz mutants .node .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

## Change it

setup: .venv/dev-ready  ## install all that tests and checks use, into .venv

check: .venv/dev-ready  ## format, lint, types, and all tests, some of which need Node.js: what has to pass
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer, for the tests of de-duplication" >&2; exit 1; }
	@$(BIN)/python -m scripts.lock --check
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(if $(wildcard examples/*/*/*.py),$(BIN)/mypy examples)
	@$(BIN)/pytest $(APART) $(PARALLEL) --cov

format: .venv/dev-ready  ## format the code, and fix what the linter can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

e2e: .venv/dev-ready .venv-sam/ready scan  ## test what is deployed, as it is deployed
	@$(BIN)/pytest $(wildcard tests/e2e examples/*/tests/e2e)

browser: .venv/dev-ready  ## test the chat page in a browser [CHROMIUM=/usr/bin/chromium]
	$(need_chromium)
	@$(foreach tests,$(wildcard tests/browser examples/*/tests/browser),$(BIN)/pytest $(tests) &&) :

scan: .venv-scan/ready .venv-sam/ready  ## look for what is wrong in the templates and workflows
	@.venv-scan/bin/checkov --file template.yaml deploy-role.yaml --framework cloudformation --skip-download --quiet --compact
	@.venv-sam/bin/sam validate --lint --region us-east-1
	@.venv-sam/bin/cfn-lint --regions us-east-1 cn-north-1 ap-east-1 --include-checks I --include-experimental \
		--template template.yaml deploy-role.yaml
	@.venv-scan/bin/zizmor --offline --pedantic --quiet .github

docs: .venv/dev-ready  ## write the tables of message types into the documents anew
	@$(BIN)/python -m scripts.protocol

events: .venv/ready  ## write the sample events anew
	@$(BIN)/python -m wechat_sim events

screenshot: .venv/dev-ready  ## take the screenshot of the chat page for the READMEs
	$(need_chromium)
	@$(BIN)/python -m scripts.screenshot docs/chat.png

## Measure it

bench: .venv/dev-ready .venv-sam/ready .peers/ready build  ## measure what is deployed beside its peers, into docs/performance.md
	@$(BIN)/python -m bench

load: .venv/dev-ready .venv-sam/ready build  ## keep it busy, and see that memory stays flat [DURATION=600 seconds]
	@$(BIN)/python -m bench.load $(DURATION)

endure: .venv/dev-ready  ## late answers in real time, by a network that fails [MESSAGES=500]
	@$(BIN)/python -m harness.real_time $(or $(MESSAGES),500)

fuzz: .venv/dev-ready .venv/fuzz-ready  ## fuzz the core [DURATION=600 seconds]
	@mkdir -p .fuzz
	@PYTHONPATH=. $(BIN)/python fuzz/callback.py -max_total_time=$(DURATION) -dict=fuzz/xml.dict -max_len=4096 \
		-artifact_prefix=.fuzz/ .fuzz fuzz/seeds

zoo: .venv/dev-ready .venv-zoo/ready .zoo/ready  ## have the doctor examine callbacks of others, broken and healthy
	$(need_zoo)
	@$(BIN)/pytest tests/zoo $(PARALLEL)

mutants: .venv/dev-ready .venv/mutation-ready  ## change the code in a thousand ways, and list the changes no test notices
	@rm -rf mutants
	@$(BIN)/mutmut run
	@$(BIN)/mutmut results

# The environments. What ships is built by the runtime's own Python, and run by it in tests; all else runs on any from 3.12.

.venv/ready: requirements.txt requirements/run.txt
	@scripts/setup.sh .venv 3.12+ $^
	@touch $@

.venv/dev-ready: requirements/dev.txt $(wildcard examples/*/requirements.txt) | .venv/ready
	@scripts/setup.sh .venv 3.12+ $^
	@touch $@

.venv/%-ready: requirements/%.txt | .venv/ready
	@scripts/setup.sh .venv 3.12+ $<
	@touch $@

.venv-build/ready:
	@scripts/setup.sh .venv-build 3.13
	@touch $@

.venv-sam/ready: requirements/sam.txt
	@scripts/setup.sh .venv-sam 3.13 $<
	@touch $@

.venv-%/ready: requirements/%.txt
	@scripts/setup.sh .venv-$* 3.12+ $<
	@touch $@

.zoo/ready: tests/zoo/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js 20 or newer, for the zoo" >&2; exit 1; }
	@mkdir -p .zoo && cp tests/zoo/package.json tests/zoo/package-lock.json .zoo
	@npm ci --prefix .zoo --no-audit --no-fund --silent
	@touch $@

.peers/ready: requirements/peers.txt | .venv-build/ready
	@rm -rf .peers
	@.venv-build/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile --target .peers/installed -r $<
	@touch $@

# What `sam build` runs: the code and its locked dependencies, nothing else, in ARTIFACTS_DIR. The architecture is that of
# the template's parameter, whatever this machine's is: SAM does not pass it on, but notes it beside the folder of its
# builds before it runs this.
NOTED = $(shell sed -n 's/^architecture = "\(.*\)"/\1/p' "$(ARTIFACTS_DIR)/../../build.toml" 2>/dev/null)
ARCHITECTURE = $(or $(ARCH),$(NOTED),x86_64)
WHEELS = $(if $(filter arm64,$(ARCHITECTURE)),aarch64,x86_64)

build-CallbackFunction: .venv-build/ready
	@.venv-build/bin/python -m scripts.build --into "$(ARTIFACTS_DIR)" --wheels $(WHEELS)

.PHONY: help run send test account secret build deploy rollback delete doctor lock clean setup check format e2e browser scan docs events screenshot \
	bench load endure fuzz zoo mutants build-CallbackFunction
