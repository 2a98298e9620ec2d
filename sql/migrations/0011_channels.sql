-- Channels: few post, any number read.

ALTER TABLE chats
  ADD COLUMN username         VARCHAR(32) NULL COLLATE utf8mb4_bin,  -- of a public channel, by the rules of users' names; null: private
  ADD COLUMN signatures       TINYINT(1)  NOT NULL DEFAULT 0,        -- whether a channel's posts bear their author's name
  ADD COLUMN subscriber_count INT         NOT NULL DEFAULT 0,        -- of a channel: who is in it, kept up under this row's lock. Others are counted
  ADD UNIQUE KEY uq_chats_username (username);

-- Finds the few who run a channel among the many who read it.
ALTER TABLE chat_participants
  ADD KEY ix_chat_participants_role (chat_id, role);

-- A post is a message of the channel: messages.sender_id is 0, so that nothing that reads a message can tell who wrote it.
CREATE TABLE channel_posts (
  chat_id    BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  author_id  BIGINT NOT NULL,
  views      BIGINT NOT NULL DEFAULT 0,  -- how many people's read marks have passed it since they came
  PRIMARY KEY (chat_id, message_id),
  CONSTRAINT fk_channel_posts_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
