-- Who voted for what in polls: one row per person and poll. The options and their counts stand in the message.

CREATE TABLE poll_votes (
  chat_id    BIGINT      NOT NULL,
  message_id BIGINT      NOT NULL,
  user_id    BIGINT      NOT NULL,
  options    INT         NOT NULL,  -- bits: 1 the first option, 2 the second, 4 the third …
  voted_at   DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, message_id, user_id),
  CONSTRAINT fk_poll_votes_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
