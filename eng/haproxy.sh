#!/usr/bin/env bash
# Prints the path of HAProxy, after installing it if it is missing and that is allowed.
set -euo pipefail

# shellcheck source=eng/lib/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=eng/lib/install.sh
source "$CHAT_ROOT/eng/lib/install.sh"

find_or_install haproxy haproxy || die 'Install HAProxy (for example: apt-get install haproxy), then try again.'
