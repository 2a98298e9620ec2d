-- A reply is pushed with the head of what it answers where everybody in the chat may see that: these find somebody who may not.

ALTER TABLE hidden_messages
  ADD KEY ix_hidden_messages_message (chat_id, message_id);

ALTER TABLE chat_participants
  ADD KEY ix_chat_participants_visible_from (chat_id, visible_from, left_at);
