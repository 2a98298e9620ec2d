#!/usr/bin/env bash
# search-figures.sh [MESSAGES]: what finding messages costs with a FULLTEXT index and with an index by chat and word, side by side, in a
# database of its own that is dropped at the end. Takes some minutes for the 1,200,000 messages that are the default.
# Uses the local services (eng/services.sh up mariadb). The figures stand in docs/decisions/0006-search.md.
set -euo pipefail
cd "$(dirname "$0")/.."
messages=${1:-1200000}
port=${CHAT_DB_PORT:-3307}
password=$(eng/services.sh env | sed -n "s/.*CHAT_TEST_DATABASE=.*Password=\([^;']*\).*/\1/p")
user=$(eng/services.sh env | sed -n "s/.*CHAT_TEST_DATABASE=.*User ID=\([^;']*\).*/\1/p")
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
sql() { mysql --local-infile=1 -h 127.0.0.1 -P "$port" -u "$user" "-p$password" -N "$@"; }

# A third of all messages in chat 1, the rest over 1,000 chats; 9 words each of 30,000, the n-th most common one every n-th time.
awk -v n="$messages" -v docs="$folder/docs" -v fts="$folder/fts" -v terms="$folder/terms" 'BEGIN {
  srand(7); size = 30000; top = log(size)
  for (i = 1; i <= n; i++) {
    chat = i % 3 == 0 ? 1 : 2 + int(rand() * 1000); id = ++last[chat]; line = ""; split("", seen)
    for (k = 0; k < 9; k++) { w = "word" int(exp(rand() * top)); if (!(w in seen)) { seen[w]; line = line " " w; print chat "\t" w "\t" id > terms } }
    print chat "\t" id "\t" line " " > docs; print chat "\t" id "\tchat" chat line > fts
  }
}'
sort -S 500M -t$'\t' -k1,1n -k2,2 -k3,3n "$folder/terms" -o "$folder/terms"
sort -S 500M -t$'\t' -k1,1n -k2,2n "$folder/docs" -o "$folder/docs"

sql -e "CREATE DATABASE IF NOT EXISTS chat_search_figures CHARACTER SET utf8mb4"
figures() { sql chat_search_figures "$@"; }
took() { local begin end; begin=$(date +%s%N); "${@:2}" > /dev/null; end=$(date +%s%N); printf '%-58s %9.1f ms\n' "$1" "$(awk "BEGIN { print ($end - $begin) / 1e6 }")"; }
figures <<'SQL'
DROP TABLE IF EXISTS fts, docs, terms;
CREATE TABLE fts (FTS_DOC_ID BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, chat_id BIGINT NOT NULL, message_id BIGINT NOT NULL, txt TEXT NOT NULL) ENGINE=InnoDB;
CREATE TABLE docs (chat_id BIGINT NOT NULL, message_id BIGINT NOT NULL, terms TEXT COLLATE utf8mb4_bin NOT NULL, PRIMARY KEY (chat_id, message_id)) ENGINE=InnoDB;
CREATE TABLE terms (chat_id BIGINT NOT NULL, term VARCHAR(32) COLLATE utf8mb4_bin NOT NULL, message_id BIGINT NOT NULL, PRIMARY KEY (chat_id, term, message_id)) ENGINE=InnoDB;
SQL
took "FULLTEXT: load" figures -e "LOAD DATA LOCAL INFILE '$folder/fts' INTO TABLE fts (chat_id, message_id, txt)"
took "FULLTEXT: build" figures -e "CREATE FULLTEXT INDEX ft ON fts (txt)"
took "by chat and word: load words" figures -e "LOAD DATA LOCAL INFILE '$folder/terms' INTO TABLE terms"
took "by chat and word: load documents" figures -e "LOAD DATA LOCAL INFILE '$folder/docs' INTO TABLE docs"
du -m "$folder"/fts "$folder"/terms "$folder"/docs | sed "s|$folder/|MB of text: |"

full() { echo "SELECT chat_id, message_id FROM fts WHERE MATCH (txt) AGAINST ('$1' IN BOOLEAN MODE) ORDER BY FTS_DOC_ID DESC LIMIT 21"; }
one() { echo "(SELECT t.chat_id, t.message_id FROM terms t JOIN docs d ON d.chat_id = t.chat_id AND d.message_id = t.message_id WHERE t.chat_id = $1 AND $2 ORDER BY t.message_id DESC LIMIT 21)"; }
many() { for chat in $(seq 2 101); do [ "$chat" = 2 ] || echo "UNION ALL"; one "$chat" "$1"; done; }
own=$(seq -s ' ' -f 'chat%g' 2 101)
prefix() { echo "SELECT DISTINCT t.message_id FROM terms t WHERE t.chat_id = $1 AND t.term >= '$2' AND t.term < '$2~' ORDER BY t.message_id DESC LIMIT 21"; }
for pass in first second; do
  echo "-- $pass pass"
  took "FULLTEXT: a common word in the big chat" figures -e "$(full '+chat1 +word1')"
  took "FULLTEXT: a rare word in the big chat" figures -e "$(full '+chat1 +word29000')"
  took "FULLTEXT: a common and a rare word in the big chat" figures -e "$(full '+chat1 +word1 +word29000')"
  took "FULLTEXT: a common word in a small chat" figures -e "$(full '+chat2 +word1')"
  took "FULLTEXT: a common word in 100 small chats" figures -e "$(full "+($own) +word1")"
  took "by chat and word: a common word in the big chat" figures -e "$(one 1 "t.term = 'word1'")"
  took "by chat and word: a rare word in the big chat" figures -e "$(one 1 "t.term = 'word29000'")"
  took "by chat and word: common, then rare, in the big chat" figures -e "$(one 1 "t.term = 'word1' AND d.terms LIKE '% word29000 %'")"
  took "by chat and word: rare, then common, in the big chat" figures -e "$(one 1 "t.term = 'word29000' AND d.terms LIKE '% word1 %'")"
  took "by chat and word: a common word in a small chat" figures -e "$(one 2 "t.term = 'word1'")"
  took "by chat and word: a common word in 100 small chats" figures -e "$(many "t.term = 'word1'")"
  took "by chat and word: word1… in the big chat" figures -e "$(prefix 1 word1)"
  took "by chat and word: word123… in the big chat" figures -e "$(prefix 1 word123)"
done
took "the client alone" figures -e "SELECT 1"
sql -e "DROP DATABASE chat_search_figures"
