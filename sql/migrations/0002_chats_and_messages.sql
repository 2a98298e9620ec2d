-- Chats, who is in them, their messages, and how far everybody got.

CREATE TABLE chats (
  chat_id         BIGINT       NOT NULL AUTO_INCREMENT,
  chat_type       ENUM('direct', 'group', 'channel') NOT NULL,
  chat_name       VARCHAR(100) NULL,                      -- a group's title
  direct_key      VARCHAR(41)  NULL COLLATE utf8mb4_bin,  -- 'lowUserId:highUserId' of a direct chat
  created_by      BIGINT       NOT NULL,
  creation_key    BINARY(16)   NULL,                      -- its creator's name for it, so that a retry finds it
  created_at      DATETIME(6)  NOT NULL,
  last_message_id BIGINT       NOT NULL DEFAULT 0,        -- allocates message ids, under this row's lock
  last_message_at DATETIME(6)  NULL,
  last_change_id  BIGINT       NOT NULL DEFAULT 0,        -- allocates ids of edits, deletions, reactions, pins
  roster_version  BIGINT       NOT NULL DEFAULT 1,        -- counts changes of who is in the chat with which rights
  PRIMARY KEY (chat_id),
  UNIQUE KEY uq_chats_direct_key (direct_key),
  UNIQUE KEY uq_chats_creation_key (created_by, creation_key),
  CONSTRAINT fk_chats_created_by FOREIGN KEY (created_by) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- A row stays when somebody leaves (left_at), so that their marks and old messages keep an owner.
CREATE TABLE chat_participants (
  chat_id         BIGINT      NOT NULL,
  user_id         BIGINT      NOT NULL,
  role            ENUM('owner', 'admin', 'member') NOT NULL DEFAULT 'member',
  joined_at       DATETIME(6) NOT NULL,
  left_at         DATETIME(6) NULL,
  visible_from    BIGINT      NOT NULL DEFAULT 1,  -- the first message id that this participant may see
  delivered_up_to BIGINT      NOT NULL DEFAULT 0,
  read_up_to      BIGINT      NOT NULL DEFAULT 0,
  PRIMARY KEY (chat_id, user_id),
  KEY ix_chat_participants_user (user_id, left_at, chat_id),
  CONSTRAINT fk_chat_participants_chat FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
  CONSTRAINT fk_chat_participants_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Clustered by chat: a page of history is one range read. There is no foreign key on sender_id: it would need
-- an index of its own on the hottest table (docs/decisions/0002-message-path.md).
CREATE TABLE messages (
  chat_id           BIGINT      NOT NULL,
  message_id        BIGINT      NOT NULL,  -- 1, 2, 3 … within the chat, in commit order
  sender_id         BIGINT      NOT NULL,
  client_message_id BINARY(16)  NOT NULL,
  message_type      ENUM('text', 'image', 'video', 'audio', 'voice', 'document', 'location', 'contact', 'poll', 'system') NOT NULL,
  message_text      TEXT        NULL,
  body              TEXT        NULL,      -- JSON of the types that have more than a text; TEXT because SQL never looks inside
  sent_at           DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, message_id),
  UNIQUE KEY uq_messages_client_message_id (chat_id, sender_id, client_message_id),
  CONSTRAINT fk_messages_chat FOREIGN KEY (chat_id) REFERENCES chats (chat_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Cumulative: a row says that this user had this message and all before it in this status at that time.
-- 'sent' needs no row: it is the message itself.
CREATE TABLE message_status (
  chat_id           BIGINT      NOT NULL,
  user_id           BIGINT      NOT NULL,
  status            ENUM('sent', 'delivered', 'read') NOT NULL,
  message_id        BIGINT      NOT NULL,
  status_updated_at DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, user_id, status, message_id),
  CONSTRAINT fk_message_status_participant FOREIGN KEY (chat_id, user_id) REFERENCES chat_participants (chat_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
