#!/usr/bin/env bash
# Development build of the app (server, WASM, CSS) and of the local workspace. `build.sh app` leaves out the latter.
. "$(dirname "$0")/lib.sh"

if [ "${1:-}" != app ]; then
  cargo build --locked -p local-workspace || fail "The local workspace does not build; the compiler's messages are above."
fi
scripts/web.sh
cargo leptos build || fail "The app does not build; the compiler's messages are above."
