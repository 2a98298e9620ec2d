-- What people report, who looks after it, and what was done.

ALTER TABLE users
  ADD COLUMN role            ENUM('user', 'admin') NOT NULL DEFAULT 'user',
  ADD COLUMN suspended_until DATETIME(6)           NULL;  -- may not log in before; the year 9999 for ever

-- Once per reporter and subject. Message columns hold it as it was when it was reported: its author may edit or delete it.
CREATE TABLE reports (
  report_id        BIGINT       NOT NULL AUTO_INCREMENT,
  reporter_id      BIGINT       NOT NULL,
  reported_user_id BIGINT       NOT NULL,            -- the person, or the author of the message
  chat_id          BIGINT       NOT NULL DEFAULT 0,  -- 0: the person, and no message
  message_id       BIGINT       NOT NULL DEFAULT 0,
  reason           VARCHAR(20)  NOT NULL COLLATE utf8mb4_bin,
  report_comment   VARCHAR(500) NULL,
  message_type     VARCHAR(20)  NULL COLLATE utf8mb4_bin,
  message_text     TEXT         NULL,
  body             TEXT         NULL,
  sent_at          DATETIME(6)  NULL,
  created_at       DATETIME(6)  NOT NULL,
  resolved_at      DATETIME(6)  NULL,
  resolved_by      BIGINT       NULL,
  resolution       VARCHAR(20)  NULL COLLATE utf8mb4_bin,
  PRIMARY KEY (report_id),
  UNIQUE KEY uq_reports_subject (reporter_id, reported_user_id, chat_id, message_id),
  KEY ix_reports_reporter (reporter_id, created_at),
  KEY ix_reports_resolved (resolved_at, report_id),
  CONSTRAINT fk_reports_reporter FOREIGN KEY (reporter_id) REFERENCES users (user_id),
  CONSTRAINT fk_reports_reported FOREIGN KEY (reported_user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Written in the transaction of what it records, where that is one; never changed.
CREATE TABLE admin_actions (
  action_id   BIGINT       NOT NULL AUTO_INCREMENT,
  admin_id    BIGINT       NOT NULL,            -- 0: whoever runs the server
  action_kind VARCHAR(30)  NOT NULL COLLATE utf8mb4_bin,
  user_id     BIGINT       NULL,
  chat_id     BIGINT       NULL,
  message_id  BIGINT       NULL,
  report_id   BIGINT       NULL,
  note        VARCHAR(500) NULL,
  done_at     DATETIME(6)  NOT NULL,
  PRIMARY KEY (action_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
