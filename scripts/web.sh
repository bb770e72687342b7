#!/usr/bin/env bash
# Bundles the scripts of web/ (the SQL editor and the result grid) into public/web/, from where cargo-leptos takes them.
. "$(dirname "$0")/lib.sh"
[ -d web/node_modules ] || scripts/setup.sh web
rm -rf public/web
(cd web && npm run --silent build) || fail "web/ does not build; the messages of esbuild are above."
