# The words people type. Everything runs from a clean clone; what is missing is installed or named.
SHELL := /bin/bash
CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/greenheart
export CARGO_TARGET_DIR ?= $(CACHE)/target
BIN := $(CARGO_TARGET_DIR)/debug/greenheart
DEMO_DATA ?= $(CACHE)/demo

.PHONY: help demo build test check fmt bench bless fuzz clean

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

demo: build ## Build, make the fictional cluster, import it, print the goals; on a terminal, or with LISTEN=ADDR, show the pages
	$(BIN) demo --data $(DEMO_DATA) $(if $(LISTEN),--listen $(LISTEN))

build:
	@scripts/prepare build
	cargo build --workspace --bins

test: ## Run every test
	@scripts/prepare test
	@scripts/test

check: ## Format, lints, documentation, architecture, licences
	@scripts/prepare build
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
	cargo run -q -p xtask -- tidy

bench: ## Measure against the peers and write docs/benchmarks.md (AREA=ingest, evidence, account, ledger, rebind, web, footprint or routing)
	@scripts/prepare bench
	cargo run -q -p xtask -- bench $(AREA)

bless: ## Rewrite the blessed outputs of cases/; the diff is the review
	cargo run -q -p xtask -- bless

fuzz: ## Run every fuzz target for a short while (SECONDS_EACH=60)
	@scripts/fuzz

clean: ## Remove the demonstration's data
	rm -rf $(DEMO_DATA)
