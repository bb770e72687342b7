#!/usr/bin/env bash
# Measures what people feel, in a real browser, as ratios of one run. No test: nothing fails on a slow machine.
. "$(dirname "$0")/lib.sh"

scripts/setup.sh rust node browser
scripts/build.sh
export LOCAL_WORKSPACE_BIN=$LOCAL_WORKSPACE LAKEFRONT_BIN=$APP
cd end2end
npx --no-install playwright test --config measurements.config.ts "$@" || fail "make measure failed; Playwright's messages are above."
