#!/usr/bin/env bash
# Dumps the database and reads a dump back.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: eng/backup.sh dump FILE      writes the whole database to FILE (gzip), as of one moment, while servers use it
       eng/backup.sh restore FILE   reads such a file into a database that is empty

Environment:
  ConnectionStrings__Chat   which database: Server=…;Port=…;User ID=…;Password=…;Database=…

A dump holds the keys that protect access tokens: keep it as safe as the database. Do not dump during an upgrade that migrates.
TEXT
}

# shellcheck source=eng/lib/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib/common.sh"
umask 077

# setting NAME...: the value of the first of these keys in the connection string.
setting() {
    local name pair pairs
    IFS=';' read -ra pairs <<<"${ConnectionStrings__Chat:?is not set; see eng/backup.sh --help}"
    for name in "$@"; do
        for pair in "${pairs[@]}"; do
            if [[ ${pair%%=*} == "$name" ]]; then
                say "${pair#*=}"
                return
            fi
        done
    done
    return 1
}

# An option file, since the arguments of a program can be seen by everybody on the machine.
write_login() {
    local host port user password database
    host=$(setting Server Host) || die 'The connection string names no Server.'
    port=$(setting Port) || port=3306
    user=$(setting 'User ID' Uid User) || die 'The connection string names no User ID.'
    password=$(setting Password Pwd) || password=
    database=$(setting Database) || die 'The connection string names no Database.'
    lines '[client]' "host=$host" "port=$port" "user=$user" "password=\"$(sed 's/[\\"]/\\&/g' <<<"$password")\"" \
        default-character-set=utf8mb4 >"$login"
    say "$database"
}

program() {
    find_program "$@" || die "Install $1, of the database's own packages (for example: apt-get install mariadb-client), then try again."
}

dump() {
    local file=$1 database dumper
    database=$(write_login)
    dumper=$(program mariadb-dump mysqldump)
    # One transaction reads everything as of its begin, and locks nothing.
    "$dumper" --defaults-extra-file="$login" --single-transaction --skip-lock-tables --quick --hex-blob --no-tablespaces "$database" |
        gzip >"$file.part"
    mv -- "$file.part" "$file"
}

restore() {
    local file=$1 database client tables
    database=$(write_login)
    client=$(program mariadb mysql)
    # The last line of every dump. Half a dump would go in without a complaint.
    gunzip --stdout -- "$file" | tail -n 1 | grep -q '^-- Dump completed' || die "$file is not a whole dump."
    tables=$("$client" --defaults-extra-file="$login" --skip-column-names --execute 'SHOW TABLES' "$database")
    [[ -z $tables ]] || die "The database $database is not empty; nothing was changed."
    gunzip --stdout -- "$file" | "$client" --defaults-extra-file="$login" "$database"
}

main() {
    if (($# != 2)) || [[ $1 != dump && $1 != restore ]]; then
        usage >&2
        return 2
    fi
    login=$(mktemp)
    trap 'rm -f -- "$login"' EXIT
    "$1" "$2"
}

main "$@"
