# shellcheck shell=bash
# Finds a program or installs the system's package that holds it. Sourced, never run; needs common.sh.

# Package sets by package manager, best first; a set is one line.
packages_for() {
    case $1:$2 in
        # The -core packages hold the programs without the system service, which nobody here asked for.
        mariadb:apt) lines 'mariadb-server-core mariadb-client-core' mariadb-server ;;
        mariadb:dnf) say mariadb-server ;;
        # What a dump is made with comes with the client of every day, not with the -core one.
        mariadb-dump:apt | mariadb-dump:apk) say mariadb-client ;;
        mariadb-dump:dnf | mariadb-dump:brew) say mariadb ;;
        mariadb:apk) say 'mariadb mariadb-client' ;;
        galera:apt) say 'mariadb-server galera-4 rsync iproute2' ;;
        galera:dnf) say 'mariadb-server-galera rsync iproute' ;;
        galera:apk | galera:brew) return 1 ;;
        redis:apt) say redis-server ;;
        chromium:brew) return 1 ;; # a graphical application there, not a package
        *) say "$1" ;;
    esac
}

package_manager() {
    local manager
    for manager in apt-get dnf apk brew; do
        if command -v "$manager" >/dev/null; then
            say "${manager%-get}"
            return
        fi
    done
    return 1
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

may_install() {
    [[ $1 == brew ]] || ((EUID == 0)) || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

install_with() {
    case $1 in
        apt) shift && apt_install "$@" ;;
        dnf) shift && as_root dnf install -y "$@" ;;
        apk) shift && as_root apk add "$@" ;;
        brew) shift && brew install "$@" ;;
    esac
}

# Debian's packages start their service at once unless a policy forbids it; and enable it for the next boot.
# We want the program only.
apt_install() {
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        # shellcheck disable=SC2064 # the path as it is now
        trap "as_root rm -f $policy" EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod +x "$policy"
    fi
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" || return
    if [[ -d /run/systemd/system ]]; then
        as_root systemctl disable mariadb redis-server haproxy 2>/dev/null || true
    fi
}

# Installs what program $1 (mariadb, mariadb-dump, galera, redis, chromium, haproxy) needs. Fails quietly where that is not possible.
# A subshell, for its umask and its trap.
install_packages() (
    local what=$1 manager log packages
    manager=$(package_manager) || return 1
    may_install "$manager" || return 1
    enter_local
    umask 022 # the callers' private umask would show in what the packages create
    log=$CHAT_LOCAL/install-$what.log
    warn "Installing $what with $manager (log: $log)."
    : >"$log"
    if [[ $manager == apt ]]; then as_root apt-get update >>"$log" 2>&1 || true; fi # an old list may still do
    while read -ra packages; do
        if install_with "$manager" "${packages[@]}" >>"$log" 2>&1 </dev/null; then return 0; fi
    done < <(packages_for "$what" "$manager")
    tail -n 5 "$log" >&2
    return 1
)

# find_or_install WHAT PROGRAM...: prints the path of the first of these programs, after installing WHAT if need be.
find_or_install() {
    local what=$1
    shift
    find_program "$@" && return
    install_packages "$what" && find_program "$@"
}
