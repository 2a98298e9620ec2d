# shellcheck shell=bash
# What the house scripts share: messages, processes, ports. Sourced, never run.

CHAT_ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)

# .NET's command line: no banner, nothing sent home.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
lines() { printf '%s\n' "$@"; }
die() {
    warn "$*"
    exit 1
}

require_dotnet() {
    command -v dotnet >/dev/null || die 'Install the .NET 10 SDK (https://dot.net/download), then try again.'
}

# Sets CHAT_LOCAL, the folder of this machine's private instances, to an absolute path that exists.
enter_local() {
    CHAT_LOCAL=${CHAT_LOCAL:-$CHAT_ROOT/.local}
    mkdir -p -- "$CHAT_LOCAL"
    CHAT_LOCAL=$(cd -- "$CHAT_LOCAL" && pwd -P)
    export CHAT_LOCAL
}

# Holds file $1 (on descriptor 9) until this shell ends: two shells may start the same thing at once.
# Whatever is started in the background must close descriptor 9, or it would hold the lock for its whole life.
lock() {
    exec 9>"$1"
    command -v flock >/dev/null || return 0 # not on macOS; two at once then race, as they do with most tools
    flock -w 300 9 || die "Another shell has held $1 for five minutes; is it stuck?"
}

# Server programs live where a user's PATH often does not look.
find_program() {
    local name
    for name in "$@"; do
        PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec:/opt/homebrew/bin" command -v "$name" && return
    done
    return 1
}

# port_open PORT [ADDRESS]
port_open() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }

# port_taken PORT [ADDRESS]: whether it stays taken. A process that was killed a moment ago may still be letting go of it.
port_taken() {
    local tries=20
    while port_open "$@"; do
        ((tries-- > 0)) || return 0
        sleep 0.1
    done
    return 1
}

# Whether pid $1 itself is what listens on port $2: an answer alone may come from somebody else's instance.
listens() {
    [[ -r /proc/net/tcp ]] || return 0
    local socket
    socket=$(awk -v port=":$(printf '%04X' "$2")\$" '$2 ~ port && $4 == "0A" { print "socket:[" $10 "]" }' /proc/net/tcp)
    [[ -n $socket ]] && find "/proc/$1/fd" -lname '*' -printf '%l\n' 2>/dev/null | grep -Fx -- "$socket" >/dev/null
}

# The pid in file $1, if it is alive, is a program named like $2 (a regex) and works in folder $3.
# After a crash the number may belong to anybody, and we send signals to it.
our_pid() {
    local file=$1 program=$2 folder=$3 pid
    pid=$(cat -- "$file" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    if [[ -d /proc/self ]]; then
        [[ $(readlink "/proc/$pid/cwd") == "$folder" ]] || return 1
        tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -Eq -- "$program" || return 1
    else
        ps -o command= -p "$pid" | grep -Eq -- "$program" || return 1
    fi
    printf '%s\n' "$pid"
}

# Starts a program in folder $1 that outlives this shell and its terminal; output goes to $2, the pid to $3.
start_detached() {
    local folder=$1 log=$2 pid_file=$3
    shift 3
    local detach=(nohup)
    command -v setsid >/dev/null && detach=(setsid)
    (
        cd -- "$folder"
        exec "${detach[@]}" "$@" </dev/null >>"$log" 2>&1 9>&-
    ) &
    printf '%s\n' "$!" >"$pid_file"
    disown
}

# Sends signal $1 to pid $2 and waits until it is gone, at most $3 seconds.
stop_process() {
    local signal=$1 pid=$2 tries=$(($3 * 20))
    kill "-$signal" "$pid" 2>/dev/null || return 0
    while is_alive "$pid"; do
        ((tries-- > 0)) || return 1
        sleep 0.05
    done
}

# A zombie, which waits for an init process that may never collect it, counts as gone; but not while it has other
# threads, which still hold its files and ports.
is_alive() {
    kill -0 "$1" 2>/dev/null || return 1
    [[ -r /proc/$1/stat ]] || return 0
    local threads=(/proc/"$1"/task/*)
    ((${#threads[@]} > 1)) || ! grep -q ') Z ' "/proc/$1/stat" 2>/dev/null
}

# The status code that http://$1/$2 answers with (host:port, path). Needs no curl.
http_status() {
    (
        exec 3<>"/dev/tcp/${1%:*}/${1##*:}"
        printf 'GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n' "$2" "$1" >&3
        read -r -t 5 -u 3 _ status _ && printf '%s\n' "$status"
    ) 2>/dev/null
}

# Builds project or solution $1 (configuration $2), silently unless that fails. Through a file, not a pipe: build
# processes stay behind for the next build and would hold the pipe open. Nor must they inherit a lock.
build_dotnet() {
    local log=$CHAT_ROOT/.local/build-$2.log
    mkdir -p -- "$CHAT_ROOT/.local"
    if dotnet build "$CHAT_ROOT/$1" --configuration "$2" --verbosity quiet >"$log" 2>&1 9>&-; then return; fi
    cat -- "$log" >&2
    return 1
}
