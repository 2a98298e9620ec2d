-- Messages that a chat keeps at hand for everybody.

ALTER TABLE messages
  ADD COLUMN pinned_at DATETIME(6) NULL;  -- null: not pinned; written with pinned_messages

CREATE TABLE pinned_messages (
  chat_id    BIGINT      NOT NULL,
  message_id BIGINT      NOT NULL,
  pinned_by  BIGINT      NOT NULL,
  pinned_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, message_id),
  CONSTRAINT fk_pinned_messages_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
