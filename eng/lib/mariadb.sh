# shellcheck shell=bash
# The private MariaDB (or MySQL) instance. Sourced by services.sh.

mariadb_default_port=33406
mariadb_port_variable=CHAT_DB_PORT
mariadb_address=${CHAT_DB_ADDRESS:-127.0.0.1}
mariadb_programs='mariadbd|mysqld'

mariadb_find() { find_or_install mariadb mariadbd mysqld; }
mariadb_missing='Install MariaDB (for example: apt-get install mariadb-server) or start Docker, then try again.'

mariadb_password() { cat -- "$CHAT_LOCAL/mariadb/password"; }

mariadb_make_password() {
    local file=$CHAT_LOCAL/mariadb/password
    [[ ! -s $file ]] || return 0
    head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$file.new"
    mv -- "$file.new" "$file"
}

is_mariadb() { "$1" --no-defaults --version 2>/dev/null | grep -q MariaDB; }

# Initialises into a temporary folder and renames it, so that a data folder that exists is always whole. With a tmpdir of
# its own: in a shared one, a server that starts removes the temporary tables of those that are there.
mariadb_initialise() {
    local server=$1 folder=$CHAT_LOCAL/mariadb new=$CHAT_LOCAL/mariadb/data.new
    local user
    [[ ! -d $folder/data ]] || return 0
    rm -rf -- "$new"
    # --force: the machine's own name need not resolve. --user is two words, since the script itself would understand
    # --user=root, and then change owners among the system's files.
    if ((EUID == 0)); then user=(--user root); else user=(); fi
    if is_mariadb "$server"; then
        "$(find_program mariadb-install-db mysql_install_db)" --no-defaults --datadir="$new" "${user[@]}" \
            --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
            --skip-test-db --skip-name-resolve --force --innodb-buffer-pool-size=32M "--tmpdir=$folder/tmp"
    else
        "$server" --no-defaults --initialize-insecure --datadir="$new" "--tmpdir=$folder/tmp" "${user[@]}"
    fi >"$folder/initialise.log" 2>&1 || die "The database could not be initialised; see $folder/initialise.log"
    mv -- "$new" "$folder/data"
}

# The server runs this file itself at every start, before it accepts a connection: no client program is needed,
# the password stands in no argument list, and a user that somebody broke is whole again.
mariadb_write_init_file() {
    local password
    mariadb_make_password
    password=$(mariadb_password)
    cat >"$CHAT_LOCAL/mariadb/init.sql" <<SQL
CREATE DATABASE IF NOT EXISTS chat;
CREATE USER IF NOT EXISTS 'chat'@'127.0.0.1' IDENTIFIED BY '$password';
ALTER USER 'chat'@'127.0.0.1' IDENTIFIED BY '$password';
GRANT ALL ON chat.* TO 'chat'@'127.0.0.1';
GRANT ALL ON \`chat\\_%\`.* TO 'chat'@'127.0.0.1';
SQL
}

mariadb_options() {
    local server=$1 port=$2 folder=$CHAT_LOCAL/mariadb more
    lines --no-defaults # must come first
    if ((EUID == 0)); then lines --user=root; fi
    lines "--datadir=$folder/data" "--tmpdir=$folder/tmp" "--init-file=$folder/init.sql"
    # Relative to the data folder, for a full path may be longer than the 107 characters that a socket's name may have.
    lines --socket=mysql.sock --pid-file=mysql.pid
    lines "--port=$port" "--bind-address=$mariadb_address" --skip-name-resolve --max-connections=500 --max-allowed-packet=64M
    lines --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_520_ci
    lines --innodb-flush-log-at-trx-commit=1 "--innodb-buffer-pool-size=${CHAT_DB_BUFFER_POOL:-256M}"
    lines --performance-schema=OFF
    if is_mariadb "$server"; then
        lines --old-mode=NO_NULL_COLLATION_IDS # the driver of a limited feed does not know MariaDB's newest collations
        lines --log-warnings=1                 # 2 would log each of our own "are you there?" probes
    else
        lines --skip-log-bin --mysqlx=OFF # MariaDB has neither by default
    fi
    # Words of the caller's own: no name of an option or folder of ours holds a space.
    read -ra more <<<"${CHAT_DB_OPTIONS:-}"
    if ((${#more[@]} > 0)); then lines "${more[@]}"; fi
}

mariadb_start() {
    local server=$1 port=$2 folder=$CHAT_LOCAL/mariadb options
    mkdir -p -- "$folder/tmp"
    mariadb_initialise "$server"
    mariadb_write_init_file
    rm -f -- "$folder/data/mysql.sock" "$folder/data/mysql.sock.lock" # left over by a crash
    mapfile -t options < <(mariadb_options "$server" "$port")
    start_detached "$folder/data" "$folder/log" "$folder/pid" "$server" "${options[@]}"
}

# The server speaks first; it is silent until it accepts connections.
mariadb_answers() {
    (exec 3<>"/dev/tcp/$mariadb_address/$1" && read -r -t 2 -n 1 -u 3 _) 2>/dev/null
}

mariadb_env() {
    local login
    login="Server=$mariadb_address;Port=$(service_port mariadb);User ID=chat;Password=$(mariadb_password)"
    say "export ConnectionStrings__Chat='$login;Database=chat'"
    say "export CHAT_TEST_DATABASE='$login'"
}
