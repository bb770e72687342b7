#!/usr/bin/env bash
# The contract: every security check against both authorization servers, and a table of which one passes where.
#   contract.sh [PART OF A NAME]     such as s39
. "$(dirname "$0")/lib.sh"

scripts/setup.sh rust node

export LOCAL_WORKSPACE_BIN=$LOCAL_WORKSPACE
say "cargo build --locked -p local-workspace"
cargo build --locked -p local-workspace || fail "make contract failed: the local workspace does not build."

LOG=$(mktemp)
trap 'rm -f "$LOG"' EXIT
say "cargo test --locked -p lakefront --features ssr --test contract"
STATUS=0
cargo test --locked -p lakefront --features ssr --test contract -- "$@" >"$LOG" 2>&1 || STATUS=$?

# Lines such as: test refresh::s39_fifty_parallel_requests_cause_one_refresh::oidc_provider ... ok
table() {
  awk '
    $1 == "test" && $3 == "..." {
      parts = split($2, path, "::"); server = path[parts]; check = path[parts - 1]
      if (server != "local_workspace" && server != "oidc_provider") { check = server; server = "none" }
      word = $4; sub(/,.*/, "", word)
      result[check, server] = word == "ok" ? "pass" : word == "ignored" ? "ignored" : "FAIL"
      checks[check]
    }
    function cell(check, server) { return (check, server) in result ? result[check, server] : "-" }
    END {
      for (check in checks)
        printf "%s %s %s %s\n", check, cell(check, "local_workspace"), cell(check, "oidc_provider"), cell(check, "none")
    }' "$LOG" | LC_ALL=C sort
}

ROWS=$(table)
[ -n "$ROWS" ] || {
  tail -40 "$LOG" >&2
  fail "make contract failed: no test ran; cargo's messages are above."
}
printf '%s\n' "$ROWS" | awk '
  BEGIN { printf "%-100s %-16s %-14s %s\n", "check", "local workspace", "oidc-provider", "no server" }
  {
    printf "%-100s %-16s %-14s %s\n", $1, $2, $3, $4
    for (column = 2; column <= 4; column++) count[column, $column]++
  }
  END {
    for (column = 2; column <= 4; column++) {
      line[column] = count[column, "pass"] + 0 " pass, " count[column, "FAIL"] + 0 " fail, " count[column, "ignored"] + 0 " ignored"
    }
    printf "\nlocal workspace: %s\noidc-provider:   %s\nno server:       %s\n", line[2], line[3], line[4]
  }'

[ $STATUS = 0 ] || {
  sed -n '/^failures:/,$p' "$LOG" >&2
  fail "make contract failed; the messages of the failed checks are above."
}
