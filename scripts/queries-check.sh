#!/usr/bin/env bash
# Compares queries/*.sql with the workspace that .env names, as the owner of DATABRICKS_TOKEN; otherwise with a local one.
. "$(dirname "$0")/lib.sh"

scripts/setup.sh rust
cargo build --locked -p lakefront --bin lakefront --features ssr || fail "The app does not build; the compiler's messages are above."
if [ -n "$(DATABRICKS_HOST='' setting DATABRICKS_HOST)" ]; then
  "$APP" check-queries
else
  cargo build --locked -p local-workspace || fail "The local workspace does not build; the compiler's messages are above."
  "$LOCAL_WORKSPACE" exec --listen 127.0.0.1:0 --redirect-uri http://localhost:5173/token --personal-token ada -- "$APP" check-queries
fi
