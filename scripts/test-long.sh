#!/usr/bin/env bash
# The simulated schedules of sessions, many more than `make test` runs. Their code is optimised for it: about ten
# minutes to build the first time.
#   SIMULATION_SCHEDULES=1000000 test-long.sh
. "$(dirname "$0")/lib.sh"

scripts/setup.sh rust

export SIMULATION_SCHEDULES=${SIMULATION_SCHEDULES:-100000}
say "$SIMULATION_SCHEDULES schedules"
cargo test --locked -p lakefront --features ssr --profile simulation --test simulation ||
  fail "make test-long failed. Each seed above replays: SIMULATION_SEED=SEED cargo test -p lakefront --features ssr --test simulation"
