#!/usr/bin/env bash
# Measures what people feel, in a real browser, as ratios of one run. No test: nothing fails on a slow machine.
. "$(dirname "$0")/lib.sh"

in_browsers measurements.config.ts "$@" || fail "make measure failed; Playwright's messages are above."
