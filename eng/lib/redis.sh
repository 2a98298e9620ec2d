# shellcheck shell=bash
# The private Redis instance. Sourced by services.sh. Nothing is stored: Redis holds leases and carries pushes only.

redis_default_port=36379
redis_port_variable=CHAT_REDIS_PORT
redis_address=127.0.0.1
redis_programs=redis-server

redis_find() { find_or_install redis redis-server; }
redis_missing='Install Redis (for example: apt-get install redis-server) or start Docker, then try again.'

redis_start() {
    local server=$1 port=$2 folder=$CHAT_LOCAL/redis
    mkdir -p -- "$folder/data"
    # Redis joins its arguments into a configuration text, so a path with a space would break: all paths are relative.
    start_detached "$folder/data" "$folder/log" "$folder/pid" \
        "$server" --port "$port" --bind 127.0.0.1 --dir ./ --save '' --appendonly no
}

redis_answers() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1" && printf 'PING\r\n' >&3 && read -r -t 2 -u 3 reply && [[ $reply == +PONG* ]]) 2>/dev/null
}

redis_env() {
    local address
    address=127.0.0.1:$(service_port redis)
    lines "export ConnectionStrings__Redis='$address'" "export CHAT_TEST_REDIS='$address'"
}
