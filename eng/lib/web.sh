# shellcheck shell=bash
# Builds the web client when that is needed. Sourced, never run; needs common.sh.

web=$CHAT_ROOT/Chat.Web

node_missing='Install Node.js 20 or later (https://nodejs.org), which brings npm, then try again.'
have_node() { command -v node >/dev/null && command -v npm >/dev/null; }

# npm writes .package-lock.json last, so an interrupted install is seen, and so is one for an older lock file.
web_packages_are_stale() { [[ ! $web/node_modules/.package-lock.json -nt $web/package-lock.json ]]; }

# The browsers of Playwright are never downloaded: the tests use the system's Chromium.
web_install() {
    if ! web_packages_are_stale; then return; fi
    say 'Installing the packages of the web client.'
    (cd -- "$web" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error)
}

# Files and folders both: a folder's time shows what was deleted. dist and node_modules are not sources.
web_dist_is_stale() {
    [[ ! -e $web/dist/index.html ]] && return
    [[ -n $(find "$web" -mindepth 1 \( -name node_modules -o -name dist \) -prune -o -newer "$web/dist/index.html" -print -quit) ]]
}

web_build() {
    web_install || return
    if ! web_dist_is_stale; then return; fi
    say 'Building the web client.'
    (cd -- "$web" && npm run build --silent)
}
