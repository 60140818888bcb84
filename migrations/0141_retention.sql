-- Destroying what has had its time: a plan, the approval of a second person, the run; and what must not be destroyed.

CREATE TABLE retention_run (
  id INTEGER PRIMARY KEY, state TEXT NOT NULL, made INTEGER NOT NULL, proposer INTEGER NOT NULL, approver INTEGER NOT NULL,
  approved INTEGER NOT NULL, finished INTEGER NOT NULL
) STRICT;
CREATE TABLE retention_item (
  run INTEGER NOT NULL, type TEXT NOT NULL, rid INTEGER NOT NULL, number TEXT, rule TEXT NOT NULL, since INTEGER NOT NULL,
  state TEXT NOT NULL, keys INTEGER NOT NULL, PRIMARY KEY (run, type, rid)
) STRICT;
CREATE TABLE retention_hold (
  type TEXT NOT NULL, rid INTEGER NOT NULL, reason BLOB NOT NULL, who INTEGER NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (type, rid)
) STRICT;
