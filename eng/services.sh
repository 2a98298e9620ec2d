#!/usr/bin/env bash
# The services that the server needs, as private instances in .local/ on their own ports.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/services.sh up [mariadb] [redis]      start (default: mariadb); installs what is missing, if it may
       eng/services.sh down [mariadb] [redis]    stop what was started (default: all)
       eng/services.sh kill [mariadb] [redis]    the same with SIGKILL, as a crash would
       eng/services.sh status [mariadb] [redis]  who runs, and where; with names: fails if one of them does not run
       eng/services.sh env [mariadb] [redis]     connection settings, for: eval "$(eng/services.sh env)"
                                                 (default: MariaDB's, and Redis' if it runs)

Environment:
  CHAT_LOCAL           folder of the instances (default: .local in the repository); another folder is another set
  CHAT_DB_PORT         MariaDB's port (default: the one the folder had before, else 33406)
  CHAT_REDIS_PORT      Redis' port (default: the one the folder had before, else 36379)
  CHAT_DB_BUFFER_POOL  MariaDB's buffer pool (default 256M)
  CHAT_DB_ADDRESS      where MariaDB listens (default 127.0.0.1); ports are free on each address of the loopback
  CHAT_DB_OPTIONS      more options for MariaDB's command line, separated by spaces
TEXT
}

eng=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=eng/lib/common.sh
source "$eng/lib/common.sh"
# shellcheck source=eng/lib/install.sh
source "$eng/lib/install.sh"
# shellcheck source=eng/lib/docker.sh
source "$eng/lib/docker.sh"
# shellcheck source=eng/lib/mariadb.sh
source "$eng/lib/mariadb.sh"
# shellcheck source=eng/lib/redis.sh
source "$eng/lib/redis.sh"

# Passwords, data and logs are this user's business only.
umask 077

# setting redis default_port: what eng/lib/redis.sh says in redis_default_port.
setting() {
    local variable=$1_$2
    printf '%s\n' "${!variable}"
}

# The port that was asked for, else the one that this folder had before, else the default.
service_port() {
    local variable
    variable=$(setting "$1" port_variable)
    if [[ -n ${!variable:-} ]]; then
        say "${!variable}"
    else
        cat -- "$CHAT_LOCAL/$1/port" 2>/dev/null || setting "$1" default_port
    fi
}

service_pid() { our_pid "$CHAT_LOCAL/$1/pid" "$(setting "$1" programs)" "$CHAT_LOCAL/$1/data"; }

service_running() {
    if in_docker "$1"; then docker_running "$1"; else service_pid "$1" >/dev/null; fi
}

up_service() {
    local name=$1 port log=$CHAT_LOCAL/$1/log
    mkdir -p -- "$CHAT_LOCAL/$name"
    port=$(service_port "$name")
    if service_running "$name"; then refuse_another_port "$name" "$port"; fi
    # What seems to run may be on its way out, killed a moment ago.
    if ! service_running "$name" || ! wait_until_ready "$name" "$port"; then
        start_service "$name" "$port"
        if ! wait_until_ready "$name" "$port"; then
            tail -n 15 "$log" >&2
            die "$name ended while starting; its log: $log"
        fi
    fi
    say "$name: $(setting "$name" address):$port"
}

refuse_another_port() {
    local name=$1 port=$2 present
    present=$(cat -- "$CHAT_LOCAL/$name/port")
    [[ $present == "$port" ]] ||
        die "$name in $CHAT_LOCAL already runs on port $present; stop it first (eng/services.sh down $name) to move it to $port."
}

start_service() {
    local name=$1 port=$2 program
    if port_taken "$port" "$(setting "$name" address)"; then
        die "Port $port is taken by something that is not ours; set $(setting "$name" port_variable) to a free port for $name."
    fi
    say "$port" >"$CHAT_LOCAL/$name/port"
    if ! in_docker "$name" && program=$("${name}_find"); then
        "${name}_start" "$program" "$port"
    elif docker_answers; then
        if [[ $name == mariadb ]]; then mariadb_make_password; fi
        docker_up "$name"
    else
        die "$(setting "$name" missing)"
    fi
}

# Fails as soon as the process has ended. Recovery after a crash may take a while.
wait_until_ready() {
    local name=$1 port=$2 deadline=$((SECONDS + 120))
    until service_ready "$name" "$port"; do
        service_alive "$name" || return 1
        ((SECONDS < deadline)) || die "$name does not answer on port $port after two minutes; its log: $CHAT_LOCAL/$name/log"
        sleep 0.05
    done
}

service_ready() {
    in_docker "$1" || listens "$(cat -- "$CHAT_LOCAL/$1/pid")" "$2" || return 1
    "$1_answers" "$2"
}

# Looser than service_running: right after the start the process is not yet the program that it will be.
service_alive() {
    if in_docker "$1"; then docker_running "$1"; else is_alive "$(cat -- "$CHAT_LOCAL/$1/pid")"; fi
}

# end_service NAME TERM|KILL
end_service() {
    local name=$1 signal=$2 pid
    if in_docker "$name"; then
        if [[ $signal == KILL ]]; then docker_services kill --signal SIGKILL "$name"; else docker_services stop "$name"; fi
    elif pid=$(service_pid "$name"); then
        stop_process "$signal" "$pid" 60 || die "$name (pid $pid) has not stopped after a minute; its log: $CHAT_LOCAL/$name/log"
        if [[ $signal == TERM ]]; then rm -f -- "$CHAT_LOCAL/$name/pid"; fi
        say "$name: stopped"
    fi
}

stop_service() { end_service "$1" TERM; }
crash_service() { end_service "$1" KILL; }

print_status() {
    local name=$1 where
    if ! service_running "$name"; then
        say "$name: stopped"
        return 1
    fi
    where="pid $(service_pid "$name" || say 'in Docker')"
    say "$name: $(setting "$name" address):$(cat -- "$CHAT_LOCAL/$name/port") ($where)"
}

print_env() {
    local names=(mariadb) name
    if (($# > 0)); then names=("$@"); elif service_running redis; then names+=(redis); fi
    for name in "${names[@]}"; do
        service_running "$name" || die "$name is not running; start it with: eng/services.sh up $name"
        "${name}_env"
    done
}

for_each() {
    local action=$1 name
    shift
    for name in "$@"; do "$action" "$name"; done
}

check_names() {
    local name
    for name in "$@"; do
        [[ $name == mariadb || $name == redis ]] || die "No service is called '$name'; there are mariadb and redis."
    done
}

main() {
    local command=${1:-help}
    shift || true
    local all=(mariadb redis) name stopped=0
    case $command in
        up | down | kill) enter_local && lock "$CHAT_LOCAL/lock" ;;
        status | env) enter_local ;;
    esac
    check_names "$@"
    case $command in
        up) for_each up_service "${@:-mariadb}" ;;
        down) for_each stop_service "${@:-${all[@]}}" ;;
        kill) for_each crash_service "${@:-${all[@]}}" ;;
        status)
            for name in "${@:-${all[@]}}"; do print_status "$name" || stopped=1; done
            return $(($# > 0 && stopped))
            ;;
        env) print_env "$@" ;;
        help | -h | --help) usage ;;
        *)
            usage >&2
            return 2
            ;;
    esac
}

main "$@"
