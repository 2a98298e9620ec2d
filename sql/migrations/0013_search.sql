-- What messages are found by. Everything here follows from messages, and is written behind them by a job (docs/decisions/0006-search.md).
-- No foreign keys: each would lock a row of chats or messages that a send may be waiting for.

-- Words of messages, folded. Clustered by chat and word: finding a word costs what it costs in one's own chats, whatever else there is.
CREATE TABLE search_terms (
  chat_id    BIGINT      NOT NULL,
  term       VARCHAR(32) NOT NULL COLLATE utf8mb4_bin,
  message_id BIGINT      NOT NULL,
  PRIMARY KEY (chat_id, term, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- All words of a message, each between two spaces: what further words are looked for in, and what is to be taken away when it changes.
CREATE TABLE search_documents (
  chat_id    BIGINT     NOT NULL,
  message_id BIGINT     NOT NULL,
  terms      MEDIUMTEXT NOT NULL COLLATE utf8mb4_bin,
  PRIMARY KEY (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How far a chat's messages and their changes are in there.
CREATE TABLE search_positions (
  chat_id    BIGINT NOT NULL,
  message_id BIGINT NOT NULL DEFAULT 0,
  change_id  BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (chat_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
