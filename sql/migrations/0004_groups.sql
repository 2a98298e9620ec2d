-- Who may do what in a group, and what a group says of itself.

ALTER TABLE chats
  ADD COLUMN description         VARCHAR(500) NULL,
  ADD COLUMN picture_media_id    BIGINT       NULL,
  ADD COLUMN default_permissions INT          NOT NULL DEFAULT 7,  -- of members; bits of ChatPermissions: text, media, reactions
  ADD COLUMN slow_mode_seconds   INT          NOT NULL DEFAULT 0;  -- between two messages of a member; 0 for none

ALTER TABLE chat_participants
  ADD COLUMN silenced_until DATETIME(6) NULL,  -- may not send before; stays when somebody leaves and comes back
  ADD COLUMN last_sent_at   DATETIME(6) NULL;  -- kept up while the chat has slow mode

-- What one member may do, in place of what the role gives. The owner may do everything and has no row.
CREATE TABLE permissions (
  chat_id BIGINT      NOT NULL,
  user_id BIGINT      NOT NULL,
  allowed INT         NOT NULL,  -- bits of ChatPermissions
  set_by  BIGINT      NOT NULL,
  set_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, user_id),
  CONSTRAINT fk_permissions_participant FOREIGN KEY (chat_id, user_id) REFERENCES chat_participants (chat_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
