# shellcheck shell=sh
# Shared by the scripts that build. Sourced, with $root set to the folder of the checkout.

# The program as users start it. Its time of change is the instant at which its build began.
program=${root:?}/build/crrsim

# Whether a source of the program has changed since its build began, or there is no program yet.
stale() {
  ! [ -x "$program" ] || [ -n "$(find "$root/sim" "$root/registry_model" "$root/harness" "$root/CMakeLists.txt" \
    "$root/.ci/version.cmake" -name test -prune -o -newer "$program" -print -quit)" ]
}

# A ccache that cannot write its cache stops the compiler, so where nothing can be kept it is left out.
prepare_ccache() {
  cache=${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/ccache}
  if ! mkdir -p "$cache/tmp" 2>/dev/null || ! [ -w "$cache/tmp" ]; then
    export CCACHE_DISABLE=1
  fi
}

# A build folder remembers the path that it was made under; after the checkout has moved it is of no use.
drop_moved_build() {
  if [ -f "$1/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$1/CMakeCache.txt"; then
    rm -rf "$1"
  fi
}
