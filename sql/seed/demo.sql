-- People and chats for a first look, loaded into an empty database by Database:SeedDemo (./run sets it).
-- Everybody's password is demo-demo-1. Times are relative to the loading, in UTC. Only statements end a line with a semicolon.

INSERT INTO users (user_id, name, phone_number, username, password_hash, status, last_seen, created_at) VALUES
  (1, 'John Doe',      '+11234567890', 'john',  'AQAAAAIAAYagAAAAEHqm5pYQ+KrTDah1dBGrwhdjYYwMCydiGgS2X+ZlNkLk/DYupvI0NvBW80bLPsN+fg==', 'Hey there! I am using Chat.', UTC_TIMESTAMP(6) - INTERVAL 3 MINUTE,  UTC_TIMESTAMP(6) - INTERVAL 40 DAY),
  (2, 'Jane Smith',    '+10987654321', 'jane',  'AQAAAAIAAYagAAAAEHqm5pYQ+KrTDah1dBGrwhdjYYwMCydiGgS2X+ZlNkLk/DYupvI0NvBW80bLPsN+fg==', 'Busy',                        UTC_TIMESTAMP(6) - INTERVAL 7 MINUTE,  UTC_TIMESTAMP(6) - INTERVAL 39 DAY),
  (3, 'Maria Lopez',   '+34600000003', 'maria', 'AQAAAAIAAYagAAAAEHqm5pYQ+KrTDah1dBGrwhdjYYwMCydiGgS2X+ZlNkLk/DYupvI0NvBW80bLPsN+fg==', 'At the market',               UTC_TIMESTAMP(6) - INTERVAL 50 MINUTE, UTC_TIMESTAMP(6) - INTERVAL 30 DAY),
  (4, 'Kenji Tanaka',  '+81900000004', 'kenji', 'AQAAAAIAAYagAAAAEHqm5pYQ+KrTDah1dBGrwhdjYYwMCydiGgS2X+ZlNkLk/DYupvI0NvBW80bLPsN+fg==', NULL,                          UTC_TIMESTAMP(6) - INTERVAL 1 DAY,     UTC_TIMESTAMP(6) - INTERVAL 20 DAY),
  (5, 'Amina Diallo',  '+22100000005', 'amina', 'AQAAAAIAAYagAAAAEHqm5pYQ+KrTDah1dBGrwhdjYYwMCydiGgS2X+ZlNkLk/DYupvI0NvBW80bLPsN+fg==', 'Only calls 📞',               NULL,                                  UTC_TIMESTAMP(6) - INTERVAL 10 DAY);

INSERT INTO chats (chat_id, chat_type, chat_name, direct_key, created_by, created_at) VALUES
  (1, 'group',  'Family Group',  NULL,  1, UTC_TIMESTAMP(6) - INTERVAL 9 DAY),
  (2, 'direct', NULL,            '1:2', 1, UTC_TIMESTAMP(6) - INTERVAL 8 DAY),
  (3, 'direct', NULL,            '1:3', 3, UTC_TIMESTAMP(6) - INTERVAL 2 DAY),
  (4, 'direct', NULL,            '2:4', 4, UTC_TIMESTAMP(6) - INTERVAL 3 DAY),
  (5, 'group',  'Sunday hiking', NULL,  4, UTC_TIMESTAMP(6) - INTERVAL 4 DAY);

INSERT INTO chat_participants (chat_id, user_id, role, joined_at, visible_from, delivered_up_to, read_up_to) VALUES
  (1, 1, 'owner',  UTC_TIMESTAMP(6) - INTERVAL 9 DAY, 1, 7, 7),
  (1, 2, 'member', UTC_TIMESTAMP(6) - INTERVAL 9 DAY, 1, 7, 5),
  (1, 3, 'member', UTC_TIMESTAMP(6) - INTERVAL 9 DAY, 1, 7, 6),
  (2, 1, 'member', UTC_TIMESTAMP(6) - INTERVAL 8 DAY, 1, 5, 5),
  (2, 2, 'member', UTC_TIMESTAMP(6) - INTERVAL 8 DAY, 1, 5, 3),
  (3, 1, 'member', UTC_TIMESTAMP(6) - INTERVAL 2 DAY, 1, 2, 1),
  (3, 3, 'member', UTC_TIMESTAMP(6) - INTERVAL 2 DAY, 1, 3, 3),
  (4, 2, 'member', UTC_TIMESTAMP(6) - INTERVAL 3 DAY, 1, 2, 2),
  (4, 4, 'member', UTC_TIMESTAMP(6) - INTERVAL 3 DAY, 1, 2, 2),
  (5, 4, 'owner',  UTC_TIMESTAMP(6) - INTERVAL 4 DAY, 1, 4, 4),
  (5, 1, 'member', UTC_TIMESTAMP(6) - INTERVAL 4 DAY, 1, 3, 2),
  (5, 5, 'member', UTC_TIMESTAMP(6) - INTERVAL 4 DAY, 1, 0, 0);

INSERT INTO messages (chat_id, message_id, sender_id, client_message_id, message_type, message_text, body, sent_at) VALUES
  (1, 1, 1, x'00000000000000000000000000010001', 'system', NULL, '{"kind":"group_created","userIds":[2,3],"title":"Family Group"}', UTC_TIMESTAMP(6) - INTERVAL 9 DAY),
  (1, 2, 1, x'00000000000000000000000000010002', 'text', 'Hello family!', NULL, UTC_TIMESTAMP(6) - INTERVAL 9 DAY),
  (1, 3, 2, x'00000000000000000000000000010003', 'text', 'Hey John!', NULL, UTC_TIMESTAMP(6) - INTERVAL 9 DAY),
  (1, 4, 3, x'00000000000000000000000000010004', 'text', 'Who brings the cake on Saturday? 🎂', NULL, UTC_TIMESTAMP(6) - INTERVAL 1 DAY),
  (1, 5, 2, x'00000000000000000000000000010005', 'text', 'I can, if somebody tells me which one.', NULL, UTC_TIMESTAMP(6) - INTERVAL 1 DAY),
  (1, 6, 3, x'00000000000000000000000000010006', 'text', 'Lemon. Always lemon.', NULL, UTC_TIMESTAMP(6) - INTERVAL 20 MINUTE),
  (1, 7, 1, x'00000000000000000000000000010007', 'text', 'Lemon it is. Four o''clock, do not be late.', NULL, UTC_TIMESTAMP(6) - INTERVAL 12 MINUTE),
  (2, 1, 1, x'00000000000000000000000000020001', 'text', 'Hi Jane, how are you?', NULL, UTC_TIMESTAMP(6) - INTERVAL 8 DAY),
  (2, 2, 2, x'00000000000000000000000000020002', 'text', 'Fine, thank you! And you?', NULL, UTC_TIMESTAMP(6) - INTERVAL 8 DAY),
  (2, 3, 1, x'00000000000000000000000000020003', 'text', 'Busy week, but good. Do you still have the tickets?', NULL, UTC_TIMESTAMP(6) - INTERVAL 30 MINUTE),
  (2, 4, 2, x'00000000000000000000000000020004', 'text', 'Yes: https://example.com/tickets', NULL, UTC_TIMESTAMP(6) - INTERVAL 25 MINUTE),
  (2, 5, 1, x'00000000000000000000000000020005', 'text', 'Perfect, see you at the station.', NULL, UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE),
  (3, 1, 3, x'00000000000000000000000000030001', 'text', 'John, are you home this evening?', NULL, UTC_TIMESTAMP(6) - INTERVAL 2 DAY),
  (3, 2, 3, x'00000000000000000000000000030002', 'text', 'I have a parcel for you.', NULL, UTC_TIMESTAMP(6) - INTERVAL 50 MINUTE),
  (3, 3, 3, x'00000000000000000000000000030003', 'text', 'It is heavy 😅', NULL, UTC_TIMESTAMP(6) - INTERVAL 47 MINUTE),
  (4, 1, 4, x'00000000000000000000000000040001', 'text', 'Jane, the photos from Sunday are wonderful.', NULL, UTC_TIMESTAMP(6) - INTERVAL 3 DAY),
  (4, 2, 2, x'00000000000000000000000000040002', 'text', 'Glad you like them!', NULL, UTC_TIMESTAMP(6) - INTERVAL 2 DAY),
  (5, 1, 4, x'00000000000000000000000000050001', 'system', NULL, '{"kind":"group_created","userIds":[1,5],"title":"Sunday hiking"}', UTC_TIMESTAMP(6) - INTERVAL 4 DAY),
  (5, 2, 4, x'00000000000000000000000000050002', 'text', 'Same place, nine in the morning?', NULL, UTC_TIMESTAMP(6) - INTERVAL 4 DAY),
  (5, 3, 5, x'00000000000000000000000000050003', 'text', 'Count me in.', NULL, UTC_TIMESTAMP(6) - INTERVAL 5 HOUR),
  (5, 4, 4, x'00000000000000000000000000050004', 'text', 'The weather says sun ☀️', NULL, UTC_TIMESTAMP(6) - INTERVAL 3 HOUR);

INSERT INTO message_status (chat_id, user_id, status, message_id, status_updated_at) VALUES
  (1, 2, 'delivered', 7, UTC_TIMESTAMP(6) - INTERVAL 12 MINUTE),
  (1, 2, 'read',      5, UTC_TIMESTAMP(6) - INTERVAL 1 DAY),
  (1, 3, 'delivered', 7, UTC_TIMESTAMP(6) - INTERVAL 11 MINUTE),
  (1, 3, 'read',      6, UTC_TIMESTAMP(6) - INTERVAL 20 MINUTE),
  (2, 2, 'delivered', 5, UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE),
  (2, 2, 'read',      3, UTC_TIMESTAMP(6) - INTERVAL 25 MINUTE),
  (2, 1, 'read',      4, UTC_TIMESTAMP(6) - INTERVAL 24 MINUTE),
  (3, 1, 'delivered', 2, UTC_TIMESTAMP(6) - INTERVAL 48 MINUTE),
  (3, 1, 'read',      1, UTC_TIMESTAMP(6) - INTERVAL 1 DAY),
  (5, 1, 'read',      2, UTC_TIMESTAMP(6) - INTERVAL 3 DAY),
  (5, 1, 'delivered', 3, UTC_TIMESTAMP(6) - INTERVAL 5 HOUR);

UPDATE chats c
JOIN (SELECT chat_id, MAX(message_id) AS last_id, MAX(sent_at) AS last_at FROM messages GROUP BY chat_id) m ON m.chat_id = c.chat_id
SET c.last_message_id = m.last_id, c.last_message_at = m.last_at;
