-- Who may not come into a group or channel, whichever way, until they are let again.

CREATE TABLE chat_bans (
  chat_id   BIGINT      NOT NULL,
  user_id   BIGINT      NOT NULL,
  banned_by BIGINT      NOT NULL,
  banned_at DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, user_id),
  KEY ix_chat_bans_user (user_id),
  CONSTRAINT fk_chat_bans_chat FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
  CONSTRAINT fk_chat_bans_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
