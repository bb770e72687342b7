#!/usr/bin/env bash
# Writes docs/screenshots: each state of the app, light and dark, wide and narrow.
. "$(dirname "$0")/lib.sh"

scripts/setup.sh rust node browser
scripts/build.sh
export LOCAL_WORKSPACE_BIN=$LOCAL_WORKSPACE LAKEFRONT_BIN=$APP
cd end2end
npx --no-install playwright test --config screenshots.config.ts "$@" || fail "make screenshots failed; Playwright's messages are above."
say "The pictures are in docs/screenshots"
