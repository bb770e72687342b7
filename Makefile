# One command each. `make` alone lists them.
#
# The scripts find or make what they need (see scripts/setup.sh); tools that they build are kept in
# ${LAKEFRONT_CACHE:-${XDG_CACHE_HOME:-~/.cache}/lakefront}/tools and survive `cargo clean`.

.DEFAULT_GOAL := help
# `make check test` works step by step even under `make -j`: both fill the same target folder.
.NOTPARALLEL:
.PHONY: help run watch test test-long contract fuzz queries-check check measure screenshots setup

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: ## Build and start everything: http://localhost:5173, with a local workspace unless .env names a real one
	@scripts/run.sh

watch: ## As run, but rebuild and reload the browser when a file changes
	@scripts/run.sh --watch

test: ## Run every test: unit, HTTP, and Playwright in a real browser
	@scripts/test.sh

test-long: ## Run 100,000 simulated schedules of sessions (SIMULATION_SCHEDULES), where make test runs 2,000
	@scripts/test-long.sh

fuzz: ## Fuzz everything that reads what others send, 60 s each (FUZZ_SECONDS)
	@scripts/fuzz.sh

contract: ## Run the security checks against both authorization servers and print a table
	@scripts/contract.sh

queries-check: ## Compare the columns that queries/*.sql name with what the workspace answers (.env and DATABRICKS_TOKEN, or the local one)
	@scripts/queries-check.sh

check: ## Formatting, lints (server, browser, local workspace), documentation, TypeScript types
	@scripts/check.sh

measure: ## Measure the grid: frames while it scrolls a million rows of fifty columns, against frames at rest
	@scripts/measure.sh

screenshots: ## Take docs/screenshots anew: every state, light and dark, wide and narrow
	@scripts/screenshots.sh

setup: ## Only fetch and build the tools that are missing; the other commands do it themselves
	@scripts/setup.sh
