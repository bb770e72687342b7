#!/usr/bin/env bash
# Builds and starts Lakefront: with the local workspace, or with the real one that .env names. Ctrl-C stops everything.
#   run.sh [--watch]
# LISTEN_ADDR and PUBLIC_URL choose the app's address, LOCAL_WORKSPACE_ADDR the local workspace's.
. "$(dirname "$0")/lib.sh"

WATCH=
[ "${1:-}" != --watch ] || WATCH=1

LISTEN_ADDR=$(setting LISTEN_ADDR 127.0.0.1:5173)
PUBLIC_URL=$(setting PUBLIC_URL "http://localhost:${LISTEN_ADDR##*:}")
LOCAL_ADDR=$(setting LOCAL_WORKSPACE_ADDR 127.0.0.1:8484)
PUBLIC_URL=${PUBLIC_URL%/}
export LISTEN_ADDR PUBLIC_URL

# Only .env chooses the real workspace: a DATABRICKS_HOST that a shell profile exports is not meant for this app.
REAL=
[ -z "$(DATABRICKS_HOST='' setting DATABRICKS_HOST)" ] || REAL=1

# require_port ADDRESS WHAT-TO-DO. Also asks ::1, where a browser looks for `localhost` first.
require_port() {
  local port=${1##*:} host
  for host in 127.0.0.1 ::1; do
    ! (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null ||
      fail "Port $port is in use. Stop the program that holds it (lsof -i :$port shows which), or take another one: $2"
  done
}

make_cookie_key() {
  [ -z "$(setting COOKIE_KEYS)$(setting COOKIE_KEYS_FILE)" ] || return 0
  if [ ! -s .local/cookie-keys ]; then
    mkdir -p .local
    (umask 077 && "$APP" keygen >.local/cookie-keys.new) || fail "No cookie key could be made: \`lakefront keygen\` failed."
    mv .local/cookie-keys.new .local/cookie-keys
  fi
  export COOKIE_KEYS_FILE=.local/cookie-keys
}

COMMAND=$([ -z "$WATCH" ] && echo run || echo watch)
require_port "$LISTEN_ADDR" "LISTEN_ADDR=127.0.0.1:5174 make $COMMAND"
[ -n "$REAL" ] || require_port "$LOCAL_ADDR" "LOCAL_WORKSPACE_ADDR=127.0.0.1:8485 make $COMMAND"
[ -z "$WATCH" ] || require_port ":${LEPTOS_RELOAD_PORT:-3001}" "LEPTOS_RELOAD_PORT=3002 make watch"

scripts/setup.sh rust web
scripts/build.sh ${REAL:+app}
make_cookie_key

export LEPTOS_OUTPUT_NAME=lakefront LEPTOS_SITE_ROOT=target/site LEPTOS_SITE_PKG_DIR=pkg LEPTOS_HASH_FILES=true

set -- "$APP" serve
[ -z "$WATCH" ] || set -- cargo leptos watch -- serve

# exec: signals go straight to the program, and there is no shell left over that could outlive it.
if [ -n "$REAL" ]; then
  exec "$@"
else
  exec "$LOCAL_WORKSPACE" exec --listen "$LOCAL_ADDR" --redirect-uri "$PUBLIC_URL/token" -- "$@"
fi
