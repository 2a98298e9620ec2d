-- The two tables that every message and every mark writes to have no foreign key any more. Each row was looked up in its parent again, although
-- the transaction that writes it has found and locked that very row: the chat of a message, the participant of a mark. Neither is ever deleted.

ALTER TABLE messages DROP FOREIGN KEY fk_messages_chat;

ALTER TABLE message_status DROP FOREIGN KEY fk_message_status_participant;
