#!/usr/bin/env bash
# Writes what is generated from the C# contract (Chat.Server/Hubs): the web client's types and the snapshot that the
# surface test compares. Run it after a change of the hub, and commit what it writes.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
server() { dotnet "$root/Chat.Server/bin/Debug/net10.0/Chat.Server.dll" contract "$1"; }

dotnet build "$root/Chat.Server" -v quiet -nologo
server typescript >"$root/Chat.Web/src/client/contract.ts"
server json >"$root/docs/contract.json"
echo "Written: Chat.Web/src/client/contract.ts, docs/contract.json"
