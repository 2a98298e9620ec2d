-- People, their devices (sessions), and what guards the door.

CREATE TABLE users (
  user_id             BIGINT       NOT NULL AUTO_INCREMENT,
  name                VARCHAR(100) NOT NULL,
  phone_number        VARCHAR(16)  NOT NULL COLLATE utf8mb4_bin,  -- E.164, with the plus
  username            VARCHAR(32)  NULL COLLATE utf8mb4_bin,      -- a-z 0-9 _, lower case; found by exact text, so that no accent matches
  password_hash       VARCHAR(255) NOT NULL,
  status              VARCHAR(140) NULL,                          -- the line under the name
  profile_picture_url VARCHAR(500) NULL,
  last_seen           DATETIME(6)  NULL,
  created_at          DATETIME(6)  NOT NULL,
  PRIMARY KEY (user_id),
  UNIQUE KEY uq_users_phone_number (phone_number),
  UNIQUE KEY uq_users_username (username)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One row a log-in. Access tokens name their session and are refused once it is revoked.
CREATE TABLE sessions (
  session_id    BIGINT       NOT NULL AUTO_INCREMENT,
  user_id       BIGINT       NOT NULL,
  device_name   VARCHAR(100) NULL,
  created_at    DATETIME(6)  NOT NULL,
  last_used_at  DATETIME(6)  NOT NULL,
  expires_at    DATETIME(6)  NOT NULL,
  revoked_at    DATETIME(6)  NULL,
  PRIMARY KEY (session_id),
  KEY ix_sessions_user (user_id, revoked_at),
  KEY ix_sessions_expires (expires_at),  -- finds what can be deleted
  CONSTRAINT fk_sessions_user FOREIGN KEY (user_id) REFERENCES users (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The refresh tokens of a session, as SHA-256. A used one that comes back ends the session;
-- it is deleted once it would have expired anyway.
CREATE TABLE refresh_tokens (
  token_hash  BINARY(32)  NOT NULL,
  session_id  BIGINT      NOT NULL,
  created_at  DATETIME(6) NOT NULL,
  used_at     DATETIME(6) NULL,
  PRIMARY KEY (token_hash),
  KEY ix_refresh_tokens_session (session_id),
  KEY ix_refresh_tokens_used (used_at),  -- finds what can be deleted
  CONSTRAINT fk_refresh_tokens_session FOREIGN KEY (session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Failed log-ins in the running window, by account and by address, shared by all nodes. An account is named by what
-- was typed as login, existing or not: being throttled tells nothing about who has an account.
CREATE TABLE login_failures (
  subject      VARCHAR(100) NOT NULL COLLATE utf8mb4_bin,  -- 'account:<hash of the login>' or 'address:<ip>'
  failures     INT          NOT NULL,
  window_start DATETIME(6)  NOT NULL,
  PRIMARY KEY (subject),
  KEY ix_login_failures_window (window_start)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- The key ring that signs and encrypts tokens, so that every node accepts every token.
CREATE TABLE data_protection_keys (
  key_id        BIGINT       NOT NULL AUTO_INCREMENT,
  friendly_name VARCHAR(100) NOT NULL,
  xml           TEXT         NOT NULL,
  created_at    DATETIME(6)  NOT NULL,
  PRIMARY KEY (key_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
