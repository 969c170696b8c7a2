#!/usr/bin/env bash
# Rehearses the bundled orcha sample: installs what is missing, builds, loads the production-like dump into an embedded
# server, applies the pending migration while it is observed, and runs the suites. Arguments go to ctest.
#   PRODCLONE_PRESET (default dev), PRODCLONE_SCALE (default 1: some 340,000 rows)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. ctest/setup.sh

install_missing
build "${PRODCLONE_PRESET:-dev}" prodclone_cli orcha_sample prodclone_suites

sample=$root/fixtures/orcha
record=$sample/.prodclone/record
say "the orcha sample's production dump"
"$build_dir/bin/orcha-sample" --scale "${PRODCLONE_SCALE:-1}"

say "loading it"
"$build_dir/bin/prodclone" --config "$sample/prodclone.json" load --no-clone

say "rehearsing"
mkdir -p "$record"
junit=$record/junit.xml
line=(ctest --test-dir "$build_dir" -L prodclone --no-tests=error --output-on-failure --test-output-size-passed 65536 --output-junit "$junit")
shown=$(printf '%q ' "${line[@]}")
printf '%s\n' "$shown$*"
status=0
"${line[@]}" "$@" || status=$?

say "summary"
"$build_dir/bin/prodclone" --config "$sample/prodclone.json" report || status=$?
printf '\njunit.xml  %s\nrecord     %s\nagain      %s\n' "$junit" "$record" "$shown"
exit "$status"
