# shellcheck shell=bash
# The services in containers, for machines where nothing can be installed but Docker answers. Sourced, never run.

docker_answers() { command -v docker >/dev/null && docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; }

# A project per CHAT_LOCAL, so that extra instances do not disturb each other.
docker_services() {
    local project
    project=chat-services-$(cksum <<<"$CHAT_LOCAL" | cut -d ' ' -f 1)
    CHAT_DB_PASSWORD=$(cat "$CHAT_LOCAL/mariadb/password" 2>/dev/null || true) \
    CHAT_DB_PORT=$(service_port mariadb) CHAT_REDIS_PORT=$(service_port redis) \
        docker compose --project-name "$project" --file "$CHAT_ROOT/eng/services.compose.yml" "$@" 9>&-
}

# The marker says that a service's data lives in a container, whatever is installed later.
docker_marker() { printf '%s\n' "$CHAT_LOCAL/$1/docker"; }
in_docker() { [[ -e $(docker_marker "$1") ]]; }

docker_up() {
    : >"$(docker_marker "$1")"
    docker_services up --detach --wait "$1" >>"$CHAT_LOCAL/$1/log" 2>&1 ||
        die "$1 did not start in Docker; see $CHAT_LOCAL/$1/log"
}

docker_running() { [[ -n $(docker_services ps --quiet --status running "$1" 2>/dev/null) ]]; }
