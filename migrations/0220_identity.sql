-- Who she is, proved better: password hashes under seal, a second factor with recovery codes, devices she is known on, what a
-- session shows of itself, and the first run.

-- sealed: the Argon2id hash under the key class of log-ins; `hash` then says 'sealed' ('' still: nobody can log in).
ALTER TABLE login ADD COLUMN sealed BLOB;
-- factor_due: until when a post that must have a second factor may come in to set it up; 0: not asked yet.
ALTER TABLE login ADD COLUMN factor_due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE login ADD COLUMN factor_since INTEGER NOT NULL DEFAULT 0;
-- The generation of her device cookies: one more makes all earlier ones void.
ALTER TABLE login ADD COLUMN devices INTEGER NOT NULL DEFAULT 0;

-- The last passwords, none of which may come back.
CREATE TABLE login_past (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, ms INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE INDEX login_past_uid ON login_past (uid);

-- A seed that was shown and not confirmed by a code yet: it counts for nothing.
CREATE TABLE factor_new (uid INTEGER PRIMARY KEY, seed BLOB NOT NULL, made INTEGER NOT NULL) STRICT;

-- Recovery codes: keyed hashes (the key is not in this database).
CREATE TABLE recovery (mark BLOB PRIMARY KEY, uid INTEGER NOT NULL, made INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;
CREATE INDEX recovery_uid ON recovery (uid);

-- Whose counts they are, so that they can be cleared; NULL: of an address, or of a name that is not there.
ALTER TABLE login_fail ADD COLUMN uid INTEGER;
CREATE INDEX login_fail_uid ON login_fail (uid);

-- idle: ends after so many ms of rest (0: the usual); enrol: opens only the page that sets up the second factor.
ALTER TABLE session ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN enrol INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN remote TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN step_up INTEGER NOT NULL DEFAULT 0;

-- The one-time address of the first run.
CREATE TABLE first_run (hash BLOB PRIMARY KEY, expires INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;

-- A second factor that was taken off by the security administrator: for whom, by whom, why.
CREATE TABLE factor_reset (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL, by_whom INTEGER NOT NULL, ms INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX factor_reset_uid ON factor_reset (uid);
