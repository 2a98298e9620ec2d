#!/usr/bin/env bash
# Restores the packages, also where the feed lacks the product's drivers: a plain restore that does not find them
# creates the marker eng/limited-feed/enabled (git-ignored), which swaps them for what such a feed holds.
# Usage: eng/feed.sh          does nothing when no project file has changed since the last time
#        eng/feed.sh --force
set -euo pipefail

# shellcheck source=eng/lib/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib/common.sh"

marker=$CHAT_ROOT/eng/limited-feed/enabled
# Belongs to the work tree, not to an instance of the services: a moved CHAT_LOCAL does not matter here.
state=$CHAT_ROOT/.local/restore

# A checksum over everything that decides what is restored, and over what must then be there.
fingerprint() {
    local file
    for file in "$CHAT_ROOT"/Chat.sln "$CHAT_ROOT"/global.json "$CHAT_ROOT"/*.props "$CHAT_ROOT"/*.targets \
        "$CHAT_ROOT"/*.config "$CHAT_ROOT"/eng/limited-feed/*.props "$CHAT_ROOT"/*/*.csproj "$marker"; do
        [[ ! -e $file ]] || printf '%s %s\n' "$file" "$(cksum <"$file")"
    done
    ls "$CHAT_ROOT"/*/obj/project.assets.json 2>/dev/null || true
}

# Build processes stay behind for the next build; they must not inherit the lock.
restore() { dotnet restore "$CHAT_ROOT/Chat.sln" >"$state.log" 2>&1 9>&-; }

fail() {
    cat -- "$state.log" >&2
    die 'The packages could not be restored.'
}

restore_from_limited_feed() {
    if [[ -e $marker ]] || ! grep -Eq 'NU110[12]' "$state.log"; then fail; fi
    : >"$marker"
    say 'This package feed lacks some of our packages; building with eng/limited-feed (marker: eng/limited-feed/enabled).'
    if ! restore; then
        rm -f -- "$marker" # it was not the feed: a mistake in a project file looks the same
        fail
    fi
}

main() {
    require_dotnet
    mkdir -p -- "$(dirname -- "$state")"
    lock "$state.lock"
    if [[ ${1:-} != --force && "$(fingerprint)" == "$(cat -- "$state" 2>/dev/null)" ]]; then return; fi
    restore || restore_from_limited_feed
    fingerprint >"$state"
}

main "$@"
