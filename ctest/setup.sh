# Sourced by the two set-up scripts: installs what is missing, configures and builds one preset.
# Debian and Ubuntu are installed on; elsewhere the packages are named.

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s\n' "$@" >&2; exit 6; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "Packages are missing and there is neither root nor sudo." "Install: $missing"
  fi
}

packages="g++ cmake ninja-build pkg-config git ca-certificates
  libpq-dev libpqxx-dev libgtest-dev libgmock-dev libbenchmark-dev
  libssl-dev libcurl4-openssl-dev nlohmann-json3-dev libfmt-dev libcli11-dev zlib1g-dev libcpp-httplib-dev
  postgresql postgresql-client"

install_missing() {
  command -v dpkg-query >/dev/null || {
    for program in c++ cmake ninja pg_config pg_dump; do
      command -v "$program" >/dev/null || fail "$program is missing, and this is no Debian or Ubuntu." \
        "Install the equivalents of:" "$packages"
    done
    return
  }
  missing=
  for package in $packages "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || missing="$missing $package"
  done
  [ -z "$missing" ] && return
  say "installing$missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || fail "apt-get update failed." "Look above; then run this script again."
  # The packaged server must not start a cluster of its own: we bring our own throw-away one.
  conf=/etc/postgresql-common/createcluster.conf
  apt_install postgresql-common
  as_root cp -p "$conf" "$conf.prodclone"
  echo "create_main_cluster = false" | as_root tee -a "$conf" >/dev/null
  installed=0
  apt_install $missing || installed=$?
  as_root mv "$conf.prodclone" "$conf"
  [ "$installed" -eq 0 ] || exit "$installed"
}

apt_install() {
  log=${TMPDIR:-/tmp}/prodclone-apt.$$
  if as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
    return 0
  fi
  tail -20 "$log" >&2
  printf 'apt-get could not install: %s\nIts whole output is in %s\n' "$*" "$log" >&2
  return 6
}

# build PRESET TARGET…
build() {
  preset=$1; shift
  build_dir=$root/build/$preset
  say "building (preset $preset)"
  mkdir -p "$build_dir"
  cmake -S "$root" --preset "$preset" >"$build_dir/configure.log" 2>&1 || { tail -30 "$build_dir/configure.log" >&2; fail "CMake failed; its whole output is in $build_dir/configure.log"; }
  if [ -t 1 ]; then cmake --build "$build_dir" --target "$@" || fail "The build failed."
  else cmake --build "$build_dir" --target "$@" >"$build_dir/build.log" 2>&1 || { grep -E -A5 'error|FAILED' "$build_dir/build.log" | tail -40 >&2; fail "The build failed; its whole output is in $build_dir/build.log"; }
  fi
}
