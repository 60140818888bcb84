-- Joint reception of a child, one interview, and the part of each unit (src/absorb/joint.c).

CREATE TABLE joint_reception (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  child INTEGER, lead INTEGER, grade TEXT, child_name BLOB, situations TEXT, at INTEGER, minutes INTEGER, place_kind TEXT, place BLOB, interviewer BLOB,
  trained INTEGER, woman INTEGER, support_kind TEXT, support_party INTEGER, support_name BLOB, recorded INTEGER, note BLOB, held_at INTEGER, present BLOB,
  record_no BLOB, keeper INTEGER, keeper_name BLOB, summary BLOB, again_reason TEXT, again_note BLOB, again_by INTEGER, again_ok INTEGER, interviews INTEGER,
  allowed INTEGER
) STRICT;
CREATE INDEX joint_reception_parent ON joint_reception (parent);
CREATE INDEX joint_reception_area ON joint_reception (area);
CREATE INDEX joint_reception_town ON joint_reception (town);
CREATE INDEX joint_reception_comm ON joint_reception (comm);
CREATE INDEX joint_reception_org ON joint_reception (org);
CREATE INDEX joint_reception_owner ON joint_reception (owner);
CREATE INDEX joint_reception_creator ON joint_reception (creator);

CREATE TABLE joint_part (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  joint INTEGER, unit INTEGER, part TEXT, grade TEXT, task BLOB, by_on INTEGER, note BLOB, at INTEGER, place BLOB, record_no BLOB, keeper INTEGER, person BLOB,
  taken_on INTEGER, result BLOB, done_on INTEGER
) STRICT;
CREATE INDEX joint_part_parent ON joint_part (parent);
CREATE INDEX joint_part_area ON joint_part (area);
CREATE INDEX joint_part_town ON joint_part (town);
CREATE INDEX joint_part_comm ON joint_part (comm);
CREATE INDEX joint_part_org ON joint_part (org);
CREATE INDEX joint_part_owner ON joint_part (owner);
CREATE INDEX joint_part_creator ON joint_part (creator);
