-- Who may come in: passwords, back-off, sessions, API tokens, set-up links. uid is the id of the staff record ("user" is a
-- word of SQL). Of every secret only a hash stands here; the seed of the one-time codes is sealed.

CREATE TABLE login (
  uid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, must_change INTEGER NOT NULL, totp BLOB,
  last_step INTEGER NOT NULL, changed INTEGER NOT NULL, last_ok INTEGER NOT NULL
) STRICT;

CREATE TABLE login_fail (
  key BLOB PRIMARY KEY, failures INTEGER NOT NULL, until INTEGER NOT NULL, last INTEGER NOT NULL, known INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  hash BLOB PRIMARY KEY, uid INTEGER NOT NULL, created INTEGER NOT NULL, seen INTEGER NOT NULL, expires INTEGER NOT NULL,
  step_up INTEGER NOT NULL, face TEXT NOT NULL, csrf TEXT NOT NULL
) STRICT;
CREATE INDEX session_uid ON session (uid);

CREATE TABLE token (
  hash BLOB PRIMARY KEY, uid INTEGER NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
  last_used INTEGER NOT NULL, revoked INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX token_name ON token (uid, name) WHERE revoked = 0;

CREATE TABLE setup_link (
  hash BLOB PRIMARY KEY, uid INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL
) STRICT;
CREATE INDEX setup_link_uid ON setup_link (uid);
