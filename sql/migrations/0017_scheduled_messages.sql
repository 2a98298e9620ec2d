-- Messages that are to be sent later, by whichever node claims them then. Gone when sent.

CREATE TABLE scheduled_messages (
  scheduled_id      BIGINT      NOT NULL AUTO_INCREMENT,
  user_id           BIGINT      NOT NULL,
  chat_id           BIGINT      NOT NULL,
  client_message_id BINARY(16)  NOT NULL,  -- the message's name, by which it is sent once, however often it is tried
  request           MEDIUMTEXT  NOT NULL,  -- JSON, what SendMessage takes
  send_at           DATETIME(6) NOT NULL,
  next_try_at       DATETIME(6) NULL,      -- null: it failed, and is not tried again by itself
  claimed_until     DATETIME(6) NULL,      -- a node is at it
  failure           VARCHAR(20) NULL,      -- the error code that it failed with
  created_at        DATETIME(6) NOT NULL,
  PRIMARY KEY (scheduled_id),
  UNIQUE KEY uq_scheduled_messages_client (user_id, client_message_id),
  KEY ix_scheduled_messages_chat (chat_id),
  KEY ix_scheduled_messages_next (next_try_at),
  CONSTRAINT fk_scheduled_messages_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_scheduled_messages_chat FOREIGN KEY (chat_id) REFERENCES chats (chat_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
