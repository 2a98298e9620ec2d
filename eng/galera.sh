#!/usr/bin/env bash
# A Galera cluster of three MariaDB nodes on this machine, private like the instances of eng/services.sh.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/galera.sh up [NODE]       start node1, node2 and node3, or one of them; installs what is missing, if it may
       eng/galera.sh down [NODE]     stop them cleanly
       eng/galera.sh kill NODE       SIGKILL, as a crash would; "up" brings it back
       eng/galera.sh status          who runs, and how each node sees the cluster
       eng/galera.sh env             connection settings, for: eval "$(eng/galera.sh env)"
       eng/galera.sh test [options]  start the cluster, run the tests on it (options are those of dotnet test), stop it

Environment:
  CHAT_LOCAL        folder of the instances (default: .local in the repository); the cluster is in its folder galera
  CHAT_GALERA_PORT  the nodes' port (default 33416); the next three are the cluster's own. The nodes have the same
                    ports on different addresses, 127.0.0.11 to 13, since one connection string names one port
TEXT
}

eng=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=eng/lib/common.sh
source "$eng/lib/common.sh"
# shellcheck source=eng/lib/install.sh
source "$eng/lib/install.sh"
umask 077

nodes=(node1 node2 node3)
port=${CHAT_GALERA_PORT:-33416}
cluster_port=$((port + 1))
increments_port=$((port + 2))
copies_port=$((port + 3))

check_node() {
    [[ " ${nodes[*]} " == *" $1 "* ]] || die "No node is called '$1'; there are ${nodes[*]}."
}

address_of() { say "127.0.0.1${1#node}"; }
folder_of() { say "$CHAT_LOCAL/galera/$1"; }

# services NODE ARGUMENT...: eng/services.sh for one node. Whatever it does for a MariaDB alone, it does here too.
services() {
    local node=$1
    shift
    PATH="$PATH:$eng/galera" CHAT_LOCAL=$(folder_of "$node") CHAT_DB_PORT=$port CHAT_DB_ADDRESS=$(address_of "$node") \
        CHAT_DB_BUFFER_POOL=${CHAT_DB_BUFFER_POOL:-64M} "$eng/services.sh" "$@"
}

is_running() { services "$1" status mariadb >/dev/null; }

find_provider() {
    local path
    for path in /usr/lib/galera/libgalera_smm.so /usr/lib64/galera/libgalera_smm.so /usr/lib64/galera-4/libgalera_smm.so; do
        if [[ -e $path ]]; then say "$path" && return; fi
    done
    return 1
}

require_galera() {
    local missing='Install MariaDB with Galera (for example: apt-get install mariadb-server galera-4 rsync), then try again.'
    find_or_install galera wsrep_sst_rsync >/dev/null || die "$missing"
    provider=$(find_provider) || die "$missing"
}

# What a node needs on top of a MariaDB alone; production's differ in the addresses and sizes. A test makes a trigger, for which an
# account without SUPER must be trusted.
node_options() {
    local node=$1 address members method=rsync
    address=$(address_of "$node")
    members=$(for node in "${nodes[@]}"; do say "$(address_of "$node"):$cluster_port"; done | paste -sd,)
    if ((EUID == 0)); then method=rsync_as_root; fi
    say --wsrep-on=ON "--wsrep-provider=$provider" --wsrep-cluster-name=chat "--wsrep-cluster-address=gcomm://$members" \
        "--wsrep-node-name=$1" "--wsrep-node-address=$address:$cluster_port" \
        --binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-slave-threads=2 \
        "--wsrep-sst-method=$method" "--wsrep-sst-receive-address=$address:$copies_port" \
        --wsrep-sync-wait=1 --log-bin-trust-function-creators=ON \
        "--wsrep-provider-options=$(
            say "base_host=$address;base_port=$cluster_port;gmcast.listen_addr=tcp://$address:$cluster_port;"
        )ist.recv_addr=$address:$increments_port;ist.recv_bind=$address:$increments_port;gcache.size=64M"
}

# start_node NODE [OPTION]: a node that joins returns once it has the data.
start_node() {
    local node=$1
    mkdir -p -- "$(folder_of "$node")/mariadb"
    # The accounts are the cluster's, so all nodes must mean the same password.
    if [[ $node != node1 && -e $(folder_of node1)/mariadb/password ]]; then
        cp -- "$(folder_of node1)/mariadb/password" "$(folder_of "$node")/mariadb/password"
    fi
    CHAT_DB_OPTIONS="$(node_options "$node") ${2:-}" services "$node" up mariadb | sed "s/^mariadb:/$node:/"
}

# The last transaction that a stopped node has, from its own note or, after a crash, from its tables; -1 for a new node.
last_transaction_of() {
    local folder position
    folder=$(folder_of "$1")/mariadb
    position=$(sed -n 's/^seqno: *//p' "$folder/data/grastate.dat" 2>/dev/null) || true
    if [[ ${position:--1} == -1 && -d $folder/data ]]; then
        local user=()
        if ((EUID == 0)); then user=(--user root); fi
        (cd -- "$folder/data" && "$(find_program mariadbd mysqld)" --no-defaults "${user[@]}" --datadir="$folder/data" \
            --tmpdir="$folder/tmp" --wsrep-on=ON --wsrep-recover --skip-networking --socket=recover.sock \
            --pid-file=recover.pid) >"$folder/recover.log" 2>&1 || true
        position=$(sed -n 's/.*Recovered position: [^:]*:\(-\{0,1\}[0-9]*\).*/\1/p' "$folder/recover.log" | tail -n 1)
    fi
    say "${position:--1}"
}

# The first node of a cluster that is down altogether must be the one that knows most.
start_first() {
    local node first=node1 position most=-2
    for node in "${nodes[@]}"; do
        position=$(last_transaction_of "$node")
        if ((position > most)); then first=$node most=$position; fi
    done
    local state
    state=$(folder_of "$first")/mariadb/data/grastate.dat
    if [[ -e $state ]]; then sed -i 's/^safe_to_bootstrap:.*/safe_to_bootstrap: 1/' "$state"; fi
    start_node "$first" --wsrep-new-cluster
}

any_runs() {
    local node
    for node in "${nodes[@]}"; do
        if is_running "$node"; then return 0; fi
    done
    return 1
}

up() {
    local node
    require_galera
    mkdir -p -- "$CHAT_LOCAL/galera"
    lock "$CHAT_LOCAL/galera/lock"
    any_runs || start_first
    for node in "$@"; do
        if is_running "$node"; then say "$node: $(address_of "$node"):$port"; else start_node "$node"; fi
    done
}

# The first node last: it is then the one to begin with.
down() {
    local node i
    for ((i = $#; i > 0; i--)); do
        node=${!i}
        services "$node" down mariadb | sed "s/^mariadb:/$node:/"
    done
}

status() {
    local node view
    for node in "${nodes[@]}"; do
        view=$(services "$node" status mariadb) || true
        say "${view/#mariadb:/$node:}$(if is_running "$node"; then seen_by "$node"; fi)"
    done
}

seen_by() {
    local client
    client=$(find_program mariadb mysql) || return 0
    MYSQL_PWD=$(cat -- "$(folder_of "$1")/mariadb/password") "$client" --no-defaults --host="$(address_of "$1")" --port="$port" --user=chat \
        --skip-column-names --batch --execute="SHOW STATUS WHERE Variable_name IN ('wsrep_cluster_size', 'wsrep_cluster_status', 'wsrep_local_state_comment')" |
        awk '{ printf ", %s %s", substr($1, 7), $2 }'
}

# A server is given all nodes: it talks to the first that it can connect to. Tests with several servers give each a node of its own.
print_env() {
    local login others=
    any_runs || die 'The cluster is not running; start it with: eng/galera.sh up'
    login="Port=$port;User ID=chat;Password=$(cat -- "$(folder_of node1)/mariadb/password")"
    say "export ConnectionStrings__Chat='Server=$(all_addresses);Load Balance=FailOver;$login;Database=chat'"
    say "export CHAT_TEST_DATABASE='Server=$(address_of node1);$login'"
    for node in node2 node3; do others+="${others:+|}Server=$(address_of "$node");$login"; done
    say "export CHAT_TEST_DATABASE_OTHERS='$others'"
}

all_addresses() { for node in "${nodes[@]}"; do address_of "$node"; done | paste -sd,; }

# Those that say something about the database. Left out: what has a database of its own in the test, the browser, and what runs without one.
# The last ones kill nodes, and belong to the cluster alone.
tests='FullyQualifiedName~.Tests.Flows|FullyQualifiedName~.Tests.Cluster|FullyQualifiedName~.Tests.Database|FullyQualifiedName~.Tests.Galera'

run_tests() {
    require_dotnet
    (up "${nodes[@]}") # and lets go of the lock: tests bring nodes back
    "$eng/services.sh" up redis
    "$eng/feed.sh"
    build_dotnet Chat.sln Debug
    eval "$("$eng/services.sh" env redis)"
    eval "$(print_env)"
    local code=0
    CHAT_GALERA=1 dotnet test "$CHAT_ROOT/Chat.sln" --no-build --filter "$tests" "$@" || code=$?
    down "${nodes[@]}"
    return "$code"
}

main() {
    local command=${1:-help}
    shift || true
    enter_local
    case $command in
        up | down)
            if (($# > 0)); then check_node "$1"; else set -- "${nodes[@]}"; fi
            "$command" "$@"
            ;;
        kill)
            check_node "${1:-}"
            services "$1" kill mariadb | sed "s/^mariadb:/$1:/"
            ;;
        status) status ;;
        env) print_env ;;
        test) run_tests "$@" ;;
        help | -h | --help) usage ;;
        *)
            usage >&2
            return 2
            ;;
    esac
}

main "$@"
