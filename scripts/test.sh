#!/usr/bin/env bash
# Every test. The programs that the tests start are built first; the browser tests come last.
#   test.sh [ARGUMENTS FOR PLAYWRIGHT]
. "$(dirname "$0")/lib.sh"

scripts/setup.sh rust node browser

step() {
  say "$*"
  "$@" || fail "make test failed at: $*"
}

say "npm test (web)"
(cd web && npm --silent test) || fail "make test failed at: npm test (web)"
export LOCAL_WORKSPACE_BIN=$LOCAL_WORKSPACE LAKEFRONT_BIN=$APP
step cargo build --locked -p local-workspace
step cargo test --locked -p lakefront --features ssr
step cargo test --locked -p local-workspace
# Before the app is built: the guide's own app is linked under the same name.
step node scripts/guide.mjs
step scripts/web.sh
step cargo leptos build
say "npx playwright test"
cd end2end
npx --no-install playwright test "$@" || fail "make test failed: browser tests. See one in detail with: cd end2end && npx playwright show-trace test-results/NAME/trace.zip"
