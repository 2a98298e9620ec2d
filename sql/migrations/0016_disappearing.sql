-- Messages that go by themselves after the time that their chat has set.

ALTER TABLE chats
  ADD COLUMN disappear_seconds INT NOT NULL DEFAULT 0;  -- of new messages; 0: they stay

ALTER TABLE messages
  ADD COLUMN expires_at DATETIME(6) NULL;  -- null: it stays. From then on nobody sees it, whether its content is removed already or not

-- Messages whose content is still to be removed, the next one first. Written with the message, so that messages that stay pay for no index.
CREATE TABLE expiring_messages (
  expires_at DATETIME(6) NOT NULL,
  chat_id    BIGINT      NOT NULL,
  message_id BIGINT      NOT NULL,
  PRIMARY KEY (expires_at, chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
