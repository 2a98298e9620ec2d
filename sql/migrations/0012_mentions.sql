-- Who is named in which message. The key is also the count of unread mentions: one range per chat, above the read mark.
CREATE TABLE message_mentions (
  user_id    BIGINT NOT NULL,
  chat_id    BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, chat_id, message_id),
  KEY ix_message_mentions_message (chat_id, message_id),
  CONSTRAINT fk_message_mentions_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
