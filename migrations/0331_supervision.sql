-- Supervision slips (src/absorb/supervision.c), and the reminder before a clock ends (src/record/due.c).

CREATE TABLE supervision (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  level TEXT, ask BLOB, basis TEXT, by_on INTEGER, sender INTEGER, asker INTEGER, answer BLOB, answered INTEGER, again_why BLOB, rounds INTEGER, note BLOB
) STRICT;
CREATE INDEX supervision_parent ON supervision (parent);
CREATE INDEX supervision_org ON supervision (org);
CREATE INDEX supervision_owner ON supervision (owner);
CREATE INDEX supervision_town ON supervision (town);

ALTER TABLE due ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX due_remind ON due (due) WHERE state = 0 AND reminded = 0;
