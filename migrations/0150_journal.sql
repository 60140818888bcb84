-- The journal says more of each entry, under leaf format 2 (docs/journal.md); rows of format 1 keep their leaves. session: head of
-- the session's hash; origin: a staff member's address under a key; agent: the token, or the user of the operating system, that
-- acted for the actor; reason: a code; approver: the second person.
ALTER TABLE journal ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE journal ADD COLUMN session TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN approver INTEGER NOT NULL DEFAULT 0;

-- Who looked at a record; what one member of the staff did. A time is found by halving: seq grows with it.
CREATE INDEX journal_views ON journal (rid, seq) WHERE verb = 'view';
CREATE INDEX journal_actor ON journal (actor, seq);

-- Signed heads of the tree: number runs without gaps from 1.
CREATE TABLE journal_sth (
  number INTEGER PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, ms INTEGER NOT NULL, signature BLOB NOT NULL, key TEXT NOT NULL
) STRICT;
CREATE INDEX journal_sth_size ON journal_sth (size);
-- INSERT OR REPLACE and TRUNCATE are changes too, though no trigger of UPDATE or DELETE sees them.
-- sqlite
CREATE TRIGGER journal_keep_i BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq)
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_sth_keep_u BEFORE UPDATE ON journal_sth BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_sth_keep_d BEFORE DELETE ON journal_sth BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_sth_keep_i BEFORE INSERT ON journal_sth WHEN EXISTS (SELECT 1 FROM journal_sth WHERE number = NEW.number)
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- end
-- postgres
CREATE TRIGGER journal_keep_t BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_keep();
CREATE TRIGGER journal_sth_keep BEFORE UPDATE OR DELETE ON journal_sth FOR EACH ROW EXECUTE FUNCTION journal_keep();
CREATE TRIGGER journal_sth_keep_t BEFORE TRUNCATE ON journal_sth FOR EACH STATEMENT EXECUTE FUNCTION journal_keep();
-- end
