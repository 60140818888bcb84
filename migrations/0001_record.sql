-- The river's own tables: journal, tallies, clocks, notices, numbers, jobs, outbox.

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY, ms INTEGER NOT NULL, actor INTEGER NOT NULL, org INTEGER NOT NULL, role TEXT NOT NULL, face TEXT NOT NULL,
  verb TEXT NOT NULL, type TEXT NOT NULL, rid INTEGER NOT NULL, version INTEGER NOT NULL, outcome TEXT NOT NULL, body TEXT NOT NULL,
  leaf BLOB NOT NULL
) STRICT;
CREATE INDEX journal_rid ON journal (rid, seq);
CREATE TABLE journal_head (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, peaks BLOB NOT NULL) STRICT;
-- sqlite
INSERT INTO journal_head (id, size, peaks) VALUES (1, 0, x'010000000000000000');
CREATE TRIGGER journal_keep_u BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keep_d BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- end
-- postgres
INSERT INTO journal_head (id, size, peaks) VALUES (1, 0, '\x010000000000000000');
CREATE FUNCTION journal_keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''the journal is append-only''; END';
CREATE TRIGGER journal_keep BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION journal_keep();
-- end

CREATE TABLE tally (
  day INTEGER NOT NULL, metric TEXT NOT NULL, area TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, grade TEXT NOT NULL,
  outcome TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (day, metric, area, source, kind, grade, outcome)
) STRICT;
CREATE INDEX tally_metric ON tally (metric, day);

CREATE TABLE idem (
  actor INTEGER NOT NULL, key TEXT NOT NULL, type TEXT NOT NULL, verb TEXT NOT NULL, rid INTEGER NOT NULL, version INTEGER NOT NULL,
  ms INTEGER NOT NULL, PRIMARY KEY (actor, key)
) STRICT;

CREATE TABLE due (
  id INTEGER PRIMARY KEY, type TEXT NOT NULL, rid INTEGER NOT NULL, rule TEXT NOT NULL, start INTEGER NOT NULL, due INTEGER NOT NULL,
  first_due INTEGER NOT NULL, warn INTEGER NOT NULL, met INTEGER NOT NULL, state INTEGER NOT NULL, suspended_at INTEGER NOT NULL,
  climb_at INTEGER NOT NULL, level INTEGER NOT NULL, area TEXT NOT NULL, town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL,
  owner INTEGER NOT NULL, why TEXT NOT NULL
) STRICT;
CREATE INDEX due_rid ON due (rid);
CREATE INDEX due_owner ON due (owner, due) WHERE state = 0;
CREATE INDEX due_org ON due (org, due) WHERE state = 0;
CREATE INDEX due_town ON due (town, due) WHERE state = 0;
CREATE INDEX due_comm ON due (comm, due) WHERE state = 0;
CREATE INDEX due_climb ON due (climb_at) WHERE state = 0;
CREATE INDEX due_due ON due (due) WHERE state = 0;

CREATE TABLE notice (
  id INTEGER PRIMARY KEY, who INTEGER NOT NULL, org INTEGER NOT NULL, ms INTEGER NOT NULL, type TEXT NOT NULL, rid INTEGER NOT NULL,
  text TEXT NOT NULL, seen INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_who ON notice (who, id);
CREATE INDEX notice_org ON notice (org, id);

CREATE TABLE counter (kind TEXT NOT NULL, year INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, year)) STRICT;

CREATE TABLE job (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, arg TEXT NOT NULL, run_at INTEGER NOT NULL, lease INTEGER NOT NULL, tries INTEGER NOT NULL,
  state INTEGER NOT NULL, error TEXT
) STRICT;
CREATE INDEX job_due ON job (run_at) WHERE state = 0;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY, ms INTEGER NOT NULL, channel TEXT NOT NULL, type TEXT NOT NULL, rid INTEGER NOT NULL, body BLOB NOT NULL,
  state INTEGER NOT NULL, tries INTEGER NOT NULL, next_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_next ON outbox (next_at) WHERE state = 0;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL, updated INTEGER NOT NULL) STRICT;
