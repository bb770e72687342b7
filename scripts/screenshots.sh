#!/usr/bin/env bash
# Writes docs/screenshots: each state of the app, light and dark, wide and narrow.
. "$(dirname "$0")/lib.sh"

in_browsers screenshots.config.ts "$@" || fail "make screenshots failed; Playwright's messages are above."
say "The pictures are in docs/screenshots"
