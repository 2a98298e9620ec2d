-- Links by which people join a group themselves, and who asked to.

CREATE TABLE chat_invites (
  invite_id      BIGINT      NOT NULL AUTO_INCREMENT,
  chat_id        BIGINT      NOT NULL,
  code_hash      BINARY(32)  NOT NULL,            -- SHA-256 of the code; the code itself is shown once and never stored
  created_by     BIGINT      NOT NULL,
  created_at     DATETIME(6) NOT NULL,
  expires_at     DATETIME(6) NULL,
  max_uses       INT         NULL,
  uses           INT         NOT NULL DEFAULT 0,  -- people who came in by it, counted under the chat's lock
  needs_approval TINYINT(1)  NOT NULL DEFAULT 0,
  revoked_at     DATETIME(6) NULL,
  PRIMARY KEY (invite_id),
  UNIQUE KEY uq_chat_invites_code (code_hash),
  KEY ix_chat_invites_chat (chat_id, invite_id),
  CONSTRAINT fk_chat_invites_chat FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
  CONSTRAINT fk_chat_invites_created_by FOREIGN KEY (created_by) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Requests that wait for an answer; gone when answered.
CREATE TABLE chat_join_requests (
  chat_id      BIGINT      NOT NULL,
  user_id      BIGINT      NOT NULL,
  invite_id    BIGINT      NOT NULL,
  requested_at DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, user_id),
  KEY ix_chat_join_requests_user (user_id),
  KEY ix_chat_join_requests_invite (invite_id),
  CONSTRAINT fk_chat_join_requests_chat FOREIGN KEY (chat_id) REFERENCES chats (chat_id),
  CONSTRAINT fk_chat_join_requests_user FOREIGN KEY (user_id) REFERENCES users (user_id),
  CONSTRAINT fk_chat_join_requests_invite FOREIGN KEY (invite_id) REFERENCES chat_invites (invite_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
