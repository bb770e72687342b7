#!/usr/bin/env bash
# Feeds arbitrary input to everything that reads what others send. Works with stable Rust: the code holds no `unsafe`,
# so the sanitizers, which need nightly Rust, are left out.
#   fuzz.sh [TARGET ...]      all of fuzz/fuzz_targets without an argument
#   FUZZ_SECONDS=600          for each target; 60 without
. "$(dirname "$0")/lib.sh"

scripts/setup.sh fuzz

seconds=${FUZZ_SECONDS:-60}
[ $# -gt 0 ] || set -- cookie_open chunks return_to callback_query token_answer settings
host=$(rustc -vV | awk '/^host:/ { print $2 }')
found=$TARGET/fuzz-found
mkdir -p "$found"
for target; do
  [ -f "fuzz/fuzz_targets/$target.rs" ] || fail "There is no fuzz target $target; see fuzz/fuzz_targets."
  say "$target, $seconds s"
  # What is found goes to the target folder; the corpus that is kept is only read.
  mkdir -p "$found/$target"
  cargo fuzz run --sanitizer none --target "$host" --target-dir "$TARGET/fuzz" "$target" "$found/$target" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1 ||
    fail "make fuzz failed at $target. The input is in fuzz/artifacts/$target; try it again with: scripts/fuzz.sh $target"
done
say "make fuzz: nothing was found"
