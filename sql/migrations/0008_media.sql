-- Uploaded files, which messages hold them, and who collects what nobody holds any more.

-- One row an object of the media store. The same bytes are stored once: whoever has them refers to the row with their SHA-256.
-- The row is there before its object and goes after it, so a crash leaves nothing that is not found again.
CREATE TABLE media_blobs (
  blob_key    BINARY(16)  NOT NULL,  -- the object's name in the store; never used twice
  sha256      BINARY(32)  NULL,      -- null while the object is being written or removed: nobody may refer to it then
  byte_size   BIGINT      NOT NULL,
  stored_at   DATETIME(6) NOT NULL,
  check_after DATETIME(6) NULL,      -- when the collector looks whether anything refers to it; null while that is known
  doomed_at   DATETIME(6) NULL,      -- the collector removes the object: no way back
  PRIMARY KEY (blob_key),
  UNIQUE KEY uq_media_blobs_sha256 (sha256),
  KEY ix_media_blobs_check (check_after)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One row an upload. Width, height and duration are what the uploading client said.
CREATE TABLE media (
  media_id      BIGINT       NOT NULL AUTO_INCREMENT,
  owner_id      BIGINT       NOT NULL,
  media_type    ENUM('image', 'video', 'audio', 'voice', 'document') NOT NULL,
  content_type  VARCHAR(100) NOT NULL COLLATE utf8mb4_bin,  -- read off the bytes, never believed
  file_name     VARCHAR(255) NULL,
  width         INT          NULL,
  height        INT          NULL,
  duration_ms   INT          NULL,
  blob_key      BINARY(16)   NOT NULL,
  thumbnail_key BINARY(16)   NULL,
  thumbnail_type VARCHAR(100) NULL COLLATE utf8mb4_bin,
  created_at    DATETIME(6)  NOT NULL,
  check_after   DATETIME(6)  NULL,  -- when the collector looks whether a message holds it; null while that is known
  PRIMARY KEY (media_id),
  KEY ix_media_owner (owner_id, created_at),
  KEY ix_media_check (check_after),
  CONSTRAINT fk_media_owner FOREIGN KEY (owner_id) REFERENCES users (user_id),
  CONSTRAINT fk_media_blob FOREIGN KEY (blob_key) REFERENCES media_blobs (blob_key),
  CONSTRAINT fk_media_thumbnail FOREIGN KEY (thumbnail_key) REFERENCES media_blobs (blob_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Which messages hold a file: whoever may see one of them may download it. Written in the transaction of the send.
-- The foreign keys keep a file while a message holds it, also against a collector that looked a moment before.
CREATE TABLE message_media (
  media_id   BIGINT NOT NULL,
  chat_id    BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  PRIMARY KEY (media_id, chat_id, message_id),
  KEY ix_message_media_message (chat_id, message_id),
  CONSTRAINT fk_message_media_media FOREIGN KEY (media_id) REFERENCES media (media_id),
  CONSTRAINT fk_message_media_message FOREIGN KEY (chat_id, message_id) REFERENCES messages (chat_id, message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Which node does a periodic job now, and until when it may be taken to be at it.
CREATE TABLE job_leases (
  job_name   VARCHAR(50) NOT NULL COLLATE utf8mb4_bin,
  holder     BINARY(16)  NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  PRIMARY KEY (job_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
