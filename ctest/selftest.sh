#!/usr/bin/env bash
# Builds prodclone and passes its own tests. Arguments go to ctest.
#   PRODCLONE_PRESET (default dev; ci makes warnings errors)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. ctest/setup.sh

# One test builds prodclone again, as a part of another project: from the cache, whatever folder it was first compiled in.
export CCACHE_NOHASHDIR=1
[ -n "${HOME:-}" ] || export CCACHE_DIR="$root/build/ccache"
install_missing alembic python3-psycopg2 python3-django pgtap ccache
build "${PRODCLONE_PRESET:-dev}" all

say "testing"
junit=$build_dir/selftest.xml
line=(ctest --test-dir "$build_dir" -L '^(unit|pg|lint|tool|e2e)$' --no-tests=error --output-on-failure --output-junit "$junit" -j "$(nproc)")
printf '%q ' "${line[@]}" "$@"; echo
status=0
"${line[@]}" "$@" || status=$?
printf '\njunit.xml  %s\n' "$junit"
exit "$status"
