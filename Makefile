# Every target is a script or a few lines; `make` alone lists them.

PREFIX ?= /usr/local
export PREFIX DESTDIR

.DEFAULT_GOAL := help
.PHONY: build test test-long test-examples interop demo lint install bench clean help

build: ## Build build/: the shared and the static library, and the command
	@scripts/setup build
	@scripts/build

test: ## Run every test (up to 30 minutes from a clean tree, a few from then on)
	@scripts/test tests/suites

test-long: ## Run what takes longer: stress, sanitizers, every set of features
	@scripts/test tests/long

interop: build ## Hold jeton against other JWT libraries, which it installs, and print the table
	@scripts/interop

demo: ## Show the main job in every language: mint, verify, revoke, an attack refused
	@scripts/demo

example-%: ## Start a service of examples/: example-stack-auth, -protekt, -pylon, -porter, -introspection or -fleet
	@scripts/example $*

test-examples: ## Run the tests of those services alone
	@scripts/test tests/suites 7

lint: ## Check formatting and warnings (scripts/lint fix: write the formatting)
	@scripts/setup
	@scripts/lint

install: ## Install below PREFIX (/usr/local); DESTDIR stages it
	@test -f build/jeton.pc || $(MAKE) build
	@scripts/install

bench: ## Measure against the raw primitives of the same build, and the bare stores
	@scripts/setup
	@scripts/bench

clean: ## Remove what was built
	rm -rf build
	cargo clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
