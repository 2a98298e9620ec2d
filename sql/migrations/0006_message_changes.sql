-- What happens to messages after they were sent: edits, deletions, reactions; and who has hidden which for themselves.

ALTER TABLE messages
  ADD COLUMN last_change_id BIGINT      NOT NULL DEFAULT 0,  -- the last row of message_changes that is about it
  ADD COLUMN edited_at      DATETIME(6) NULL,
  ADD COLUMN deleted_at     DATETIME(6) NULL,                -- deleted for all: the row stays, its text and body go
  ADD COLUMN reactions      TEXT        NULL;                -- JSON, emoji to count; rewritten with message_reactions

-- Counts what a participant has hidden for themselves, so that their other devices can ask what they missed of it.
ALTER TABLE chat_participants
  ADD COLUMN last_hide_id BIGINT NOT NULL DEFAULT 0;

-- One row a change, numbered 1, 2, 3 … within the chat by chats.last_change_id, in the transaction of the change. It says which
-- message is now another; how it is now stands in messages.
CREATE TABLE message_changes (
  chat_id     BIGINT      NOT NULL,
  change_id   BIGINT      NOT NULL,
  message_id  BIGINT      NOT NULL,
  change_kind VARCHAR(20) NOT NULL,
  actor_id    BIGINT      NOT NULL,
  changed_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, change_id),
  CONSTRAINT fk_message_changes_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Messages that one participant does not see: deleted for oneself (numbered by hide_id, 1, 2, 3 … per participant and chat), or never
-- delivered to them (hide_id 0).
CREATE TABLE hidden_messages (
  chat_id    BIGINT NOT NULL,
  user_id    BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  hide_id    BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (chat_id, user_id, message_id),
  KEY ix_hidden_messages_hide (chat_id, user_id, hide_id),
  CONSTRAINT fk_hidden_messages_participant FOREIGN KEY (chat_id, user_id) REFERENCES chat_participants (chat_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The texts that edits replaced. Gone with a message that is deleted for all.
CREATE TABLE message_edits (
  chat_id      BIGINT      NOT NULL,
  message_id   BIGINT      NOT NULL,
  change_id    BIGINT      NOT NULL,  -- the edit that replaced this text
  message_text TEXT        NOT NULL,
  written_at   DATETIME(6) NOT NULL,  -- when the text was sent, or edited into what it was
  PRIMARY KEY (chat_id, message_id, change_id),
  CONSTRAINT fk_message_edits_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Who reacted to a message with what: one per user and message.
CREATE TABLE message_reactions (
  chat_id    BIGINT      NOT NULL,
  message_id BIGINT      NOT NULL,
  user_id    BIGINT      NOT NULL,
  emoji      VARCHAR(16) NOT NULL COLLATE utf8mb4_bin,
  reacted_at DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, message_id, user_id),
  CONSTRAINT fk_message_reactions_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
