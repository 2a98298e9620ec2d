-- What somebody asked to have of their data: a job, done by whichever node holds its lease.

CREATE TABLE account_exports (
  export_id      BIGINT       NOT NULL AUTO_INCREMENT,
  user_id        BIGINT       NOT NULL,
  active_user_id BIGINT       NULL,          -- the user, while it is not finished: one at a time
  status         ENUM('waiting', 'running', 'done', 'failed') NOT NULL DEFAULT 'waiting',
  chats_done     INT          NOT NULL DEFAULT 0,
  chats_total    INT          NOT NULL DEFAULT 0,
  attempts       INT          NOT NULL DEFAULT 0,
  lease          BINARY(16)   NULL,          -- of the node that is at it
  lease_until    DATETIME(6)  NULL,
  file_name      VARCHAR(100) NULL,          -- within the folder of exports, once done
  bytes          BIGINT       NOT NULL DEFAULT 0,
  created_at     DATETIME(6)  NOT NULL,
  finished_at    DATETIME(6)  NULL,
  PRIMARY KEY (export_id),
  UNIQUE KEY uq_account_exports_active (active_user_id),
  KEY ix_account_exports_user (user_id, export_id),
  KEY ix_account_exports_status (status, lease_until),
  KEY ix_account_exports_finished (finished_at),  -- finds what can be deleted
  CONSTRAINT fk_account_exports_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
