#!/usr/bin/env bash
# The topology of docker-compose.yml without Docker: MariaDB, Redis, two server nodes and HAProxy in front.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/topology.sh up         start everything; then http://127.0.0.1:8090 is the load balancer
       eng/topology.sh down       stop the load balancer and the nodes (the services: eng/services.sh down)
       eng/topology.sh status     who runs, and where
       eng/topology.sh stop NAME  SIGTERM node1, node2 or haproxy: a node drains first; "up" starts it again
       eng/topology.sh kill NAME  SIGKILL, the same otherwise
       eng/topology.sh reload     let the load balancer read its configuration again, without closing a connection

Environment:
  CHAT_NODE1_PORT, CHAT_NODE2_PORT  the nodes (default 5091, 5092)
  CHAT_LB_PORT                      the load balancer (default 8090)
  CHAT_SERVER                       a Chat.Server.dll that is built already (default: built here)
  CHAT_LOCAL, CHAT_DB_PORT, …       see eng/services.sh --help
Other variables reach the nodes, for example Database__SeedDemo=true.
TEXT
}

eng=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=eng/lib/common.sh
source "$eng/lib/common.sh"
umask 077

parts=(node1 node2 haproxy)

port_of() {
    case $1 in
        node1) say "${CHAT_NODE1_PORT:-5091}" ;;
        node2) say "${CHAT_NODE2_PORT:-5092}" ;;
        haproxy) say "${CHAT_LB_PORT:-8090}" ;;
        *) die "No part is called '$1'; there are ${parts[*]}." ;;
    esac
}

folder_of() { say "$CHAT_LOCAL/topology/$1"; }

pid_of() { our_pid "$(folder_of "$1")/pid" 'Chat\.Server\.dll|haproxy' "$(folder_of "$1")"; }

start() {
    local name=$1 folder port
    shift
    folder=$(folder_of "$name")
    port=$(port_of "$name")
    if pid_of "$name" >/dev/null; then return; fi
    if port_taken "$port"; then die "Port $port, for $name, is taken by something that is not ours; see eng/topology.sh --help."; fi
    mkdir -p -- "$folder"
    # A new file each time: HAProxy does not append.
    if [[ -e $folder/log ]]; then mv -f -- "$folder/log" "$folder/log.before"; fi
    start_detached "$folder" "$folder/log" "$folder/pid" "$@"
}

start_node() {
    local name=$1
    # The address of the load balancer, whose X-Forwarded-For the node may believe.
    ASPNETCORE_URLS=http://127.0.0.1:$(port_of "$name") ASPNETCORE_CONTENTROOT=$CHAT_ROOT/Chat.Server \
        Proxy__KnownNetworks__0=127.0.0.0/8 \
        start "$name" dotnet "${CHAT_SERVER:-$CHAT_ROOT/Chat.Server/bin/Release/net10.0/Chat.Server.dll}"
}

start_haproxy() {
    local haproxy
    haproxy=$("$eng/haproxy.sh")
    CHAT_LB_BIND=127.0.0.1:$(port_of haproxy) CHAT_NODE1=127.0.0.1:$(port_of node1) CHAT_NODE2=127.0.0.1:$(port_of node2) \
        start haproxy "$haproxy" -W -db -f "$eng/loadbalancer/haproxy.cfg"
}

wait_until_ready() {
    local name=$1 port deadline=$((SECONDS + 120)) pid
    port=$(port_of "$name")
    pid=$(cat -- "$(folder_of "$name")/pid")
    until [[ $(http_status "127.0.0.1:$port" health/ready) == 200 ]]; do
        if ! is_alive "$pid" || ((SECONDS >= deadline)); then
            tail -n 15 "$(folder_of "$name")/log" >&2
            die "$name did not become ready on port $port; its log: $(folder_of "$name")/log"
        fi
        sleep 0.1
    done
    say "$name: http://127.0.0.1:$port"
}

# A running node's program files must not change under it.
build_server() {
    if [[ -n ${CHAT_SERVER:-} ]] || pid_of node1 >/dev/null || pid_of node2 >/dev/null; then return; fi
    "$eng/feed.sh"
    build_dotnet Chat.Server Release
}

up() {
    lock "$CHAT_LOCAL/topology.lock"
    "$eng/services.sh" up mariadb redis
    build_server
    eval "$("$eng/services.sh" env)"
    start_node node1
    start_node node2
    wait_until_ready node1
    wait_until_ready node2
    start_haproxy # last, or it would first find the nodes down
    wait_until_ready haproxy
}

# end NAME TERM|KILL
end() {
    local name=$1 signal=$2 pid
    pid=$(pid_of "$name") || return 0
    stop_process "$signal" "$pid" 60 || die "$name (pid $pid) has not stopped after a minute; its log: $(folder_of "$name")/log"
    say "$name: stopped"
}

reload() {
    local pid
    pid=$(pid_of haproxy) || die 'The load balancer does not run.'
    kill -USR2 "$pid"
}

status() {
    local name pid
    for name in "${parts[@]}"; do
        if pid=$(pid_of "$name"); then say "$name: http://127.0.0.1:$(port_of "$name") (pid $pid)"; else say "$name: stopped"; fi
    done
}

main() {
    enter_local
    case ${1:-help} in
        up) up ;;
        down)
            end haproxy TERM
            end node1 TERM
            end node2 TERM
            ;;
        status) status ;;
        stop) port_of "${2:-}" >/dev/null && end "$2" TERM ;;
        kill) port_of "${2:-}" >/dev/null && end "$2" KILL ;;
        reload) reload ;;
        help | -h | --help) usage ;;
        *)
            usage >&2
            return 2
            ;;
    esac
}

main "$@"
