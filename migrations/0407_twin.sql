-- One person who stands in the register twice (src/people/twin.c): what is proposed, and what was decided. The one points to the other.

CREATE TABLE twin (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  first INTEGER, second INTEGER, sure INTEGER, bits TEXT, note BLOB
) STRICT;
CREATE INDEX twin_area ON twin (area);
CREATE INDEX twin_town ON twin (town);
CREATE INDEX twin_comm ON twin (comm);
CREATE INDEX twin_org ON twin (org);
CREATE INDEX twin_owner ON twin (owner);
CREATE INDEX twin_creator ON twin (creator);
CREATE UNIQUE INDEX twin_pair ON twin (first, second);
CREATE INDEX twin_second ON twin (second);
ALTER TABLE person ADD COLUMN same_as INTEGER;
CREATE INDEX person_same_as ON person (same_as);
