-- Pictures of groups, channels and people: uploaded files. Each holds its file, and the index tells whose picture a file is.

ALTER TABLE chats
  ADD KEY ix_chats_picture (picture_media_id),
  ADD CONSTRAINT fk_chats_picture FOREIGN KEY (picture_media_id) REFERENCES media (media_id);

ALTER TABLE users
  ADD COLUMN picture_media_id BIGINT NULL,
  ADD KEY ix_users_picture (picture_media_id),
  ADD CONSTRAINT fk_users_picture FOREIGN KEY (picture_media_id) REFERENCES media (media_id);
