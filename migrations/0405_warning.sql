-- Households that are looked after because of what was heard (src/sense/warning.c): the warning, and the clues that belong to it.

CREATE TABLE warning (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  level TEXT, machine TEXT, points INTEGER, reports INTEGER, last_at INTEGER, reasons BLOB, facts TEXT, facts_at BLOB, household INTEGER,
  decided TEXT, decided_at INTEGER, decision_note BLOB, review_on INTEGER, ended_why TEXT, note BLOB
) STRICT;
CREATE INDEX warning_area ON warning (area);
CREATE INDEX warning_town ON warning (town);
CREATE INDEX warning_comm ON warning (comm);
CREATE INDEX warning_org ON warning (org);
CREATE INDEX warning_owner ON warning (owner);
CREATE INDEX warning_creator ON warning (creator);
CREATE INDEX warning_state ON warning (state, id);

CREATE TABLE tie (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  clue INTEGER, how TEXT, undo TEXT, note BLOB
) STRICT;
CREATE INDEX tie_parent ON tie (parent);
CREATE INDEX tie_clue ON tie (clue);
CREATE INDEX tie_area ON tie (area);
CREATE INDEX tie_town ON tie (town);
CREATE INDEX tie_comm ON tie (comm);
CREATE INDEX tie_org ON tie (org);
CREATE INDEX tie_owner ON tie (owner);
CREATE INDEX tie_creator ON tie (creator);
