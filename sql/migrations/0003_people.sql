-- Whom people know, whom they do not want to hear of, and what they let others see.

-- Deleted accounts keep their row: old messages and marks point at it. Nothing personal is left in it.
ALTER TABLE users
  ADD COLUMN deleted_at DATETIME(6) NULL;

CREATE TABLE contacts (
  user_id         BIGINT       NOT NULL,  -- whose contact it is
  contact_user_id BIGINT       NOT NULL,
  contact_name    VARCHAR(100) NULL,      -- the owner's own name for the person; shown to nobody else
  created_at      DATETIME(6)  NOT NULL,
  PRIMARY KEY (user_id, contact_user_id),
  KEY ix_contacts_contact (contact_user_id),
  CONSTRAINT fk_contacts_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_contacts_contact FOREIGN KEY (contact_user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How many phone numbers an account has asked about on a day (UTC), so that nobody tries them all.
CREATE TABLE phone_lookups (
  user_id BIGINT NOT NULL,
  day     DATE   NOT NULL,
  numbers INT    NOT NULL,
  PRIMARY KEY (user_id, day),
  KEY ix_phone_lookups_day (day),  -- finds what can be deleted
  CONSTRAINT fk_phone_lookups_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE blocks (
  user_id         BIGINT      NOT NULL,  -- who blocks
  blocked_user_id BIGINT      NOT NULL,
  created_at      DATETIME(6) NOT NULL,
  PRIMARY KEY (user_id, blocked_user_id),
  KEY ix_blocks_blocked (blocked_user_id),
  CONSTRAINT fk_blocks_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_blocks_blocked FOREIGN KEY (blocked_user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- No row: all as it is by default.
CREATE TABLE user_settings (
  user_id            BIGINT     NOT NULL,
  last_seen_audience ENUM('everyone', 'contacts', 'contacts_except', 'nobody') NOT NULL DEFAULT 'everyone',
  picture_audience   ENUM('everyone', 'contacts', 'contacts_except', 'nobody') NOT NULL DEFAULT 'everyone',
  status_audience    ENUM('everyone', 'contacts', 'contacts_except', 'nobody') NOT NULL DEFAULT 'everyone',
  groups_audience    ENUM('everyone', 'contacts', 'contacts_except', 'nobody') NOT NULL DEFAULT 'everyone',  -- who may add them to groups
  read_receipts      TINYINT(1) NOT NULL DEFAULT 1,
  notifications      INT        NOT NULL DEFAULT 127,  -- bits of NotificationKinds
  version            BIGINT     NOT NULL DEFAULT 1,    -- counts changes
  PRIMARY KEY (user_id),
  CONSTRAINT fk_user_settings_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Whom 'contacts_except' leaves out.
CREATE TABLE privacy_exceptions (
  user_id          BIGINT NOT NULL,
  setting          ENUM('last_seen', 'picture', 'status', 'groups') NOT NULL,
  excepted_user_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, setting, excepted_user_id),
  KEY ix_privacy_exceptions_excepted (excepted_user_id),
  CONSTRAINT fk_privacy_exceptions_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_privacy_exceptions_excepted FOREIGN KEY (excepted_user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What one person set for one chat. No row: nothing.
CREATE TABLE chat_settings (
  user_id       BIGINT      NOT NULL,
  chat_id       BIGINT      NOT NULL,
  muted_until   DATETIME(6) NULL,
  pin_position  INT         NULL,                -- 1 is the topmost; null: not pinned
  archived      TINYINT(1)  NOT NULL DEFAULT 0,
  marked_unread TINYINT(1)  NOT NULL DEFAULT 0,
  draft         TEXT        NULL,
  version       BIGINT      NOT NULL DEFAULT 1,  -- counts changes
  PRIMARY KEY (user_id, chat_id),
  KEY ix_chat_settings_chat (chat_id),
  CONSTRAINT fk_chat_settings_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_chat_settings_chat FOREIGN KEY (chat_id) REFERENCES chats (chat_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
