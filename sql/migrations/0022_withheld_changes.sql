-- What becomes of messages that were withheld from the other person of a direct chat. They are nobody's but their sender's, so their changes
-- have no number in message_changes, by which the other could tell that something is there: they are numbered with what the sender has
-- hidden, by chat_participants.last_hide_id.
CREATE TABLE withheld_changes (
  chat_id     BIGINT      NOT NULL,
  user_id     BIGINT      NOT NULL,  -- who sent the message
  hide_id     BIGINT      NOT NULL,
  message_id  BIGINT      NOT NULL,
  change_kind VARCHAR(20) NOT NULL,
  changed_at  DATETIME(6) NOT NULL,
  PRIMARY KEY (chat_id, user_id, hide_id),
  CONSTRAINT fk_withheld_changes_participant FOREIGN KEY (chat_id, user_id) REFERENCES chat_participants (chat_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
