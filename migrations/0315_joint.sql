-- What another unit does in a case: handed over, invited, acted on together (src/absorb/joint.c).

CREATE TABLE joint (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, track TEXT, unit INTEGER, grade TEXT, first INTEGER, second INTEGER, first_name BLOB, second_name BLOB, matter BLOB,
  released BLOB, by_on INTEGER, asked_on INTEGER, sender INTEGER, asker INTEGER, more BLOB, officer BLOB, accepted_at INTEGER,
  decline_reason TEXT, result TEXT, result_text BLOB, returned_at INTEGER, again_why BLOB, rounds INTEGER, note BLOB
) STRICT;
CREATE INDEX joint_parent ON joint (parent);
CREATE INDEX joint_org ON joint (org);
CREATE INDEX joint_owner ON joint (owner);
CREATE INDEX joint_town ON joint (town);
CREATE INDEX joint_comm ON joint (comm);
CREATE INDEX joint_area ON joint (area);
