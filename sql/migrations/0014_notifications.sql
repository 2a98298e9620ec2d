-- What people are to be told of when they are not looking. One row a subject: messages of a chat share one, as on a phone's screen.
-- No foreign keys: each would lock a row of chats or users that a send may be waiting for. Rows go by age.
CREATE TABLE notifications (
  user_id    BIGINT      NOT NULL,
  chat_id    BIGINT      NOT NULL,
  kind       VARCHAR(20) NOT NULL COLLATE utf8mb4_bin,  -- messages, mention, invite, join_request
  subject_id BIGINT      NOT NULL,                      -- mention: the message; join_request: who asks; otherwise 0
  message_id BIGINT      NULL,                          -- the newest message that it is about
  actor_id   BIGINT      NOT NULL,                      -- who wrote, added or asks
  raised_at  DATETIME(6) NOT NULL,                      -- the last time
  read_at    DATETIME(6) NULL,                          -- marked by the user; what was read in the chat needs no mark
  PRIMARY KEY (user_id, chat_id, kind, subject_id),
  KEY ix_notifications_user (user_id, raised_at),
  KEY ix_notifications_raised (raised_at)               -- finds what can be deleted
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
