-- Who may open one record, and who may not even know of it (src/record/access.c): rows that follow from records.
CREATE TABLE access (
  src INTEGER NOT NULL, staff INTEGER NOT NULL, rid INTEGER NOT NULL, bits INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (src, staff, rid, bits)
) STRICT;
CREATE INDEX access_staff ON access (staff, rid);
CREATE INDEX access_rid ON access (rid);

-- Team, emergency openings and conflicts of a case (src/absorb/).
CREATE TABLE case_team (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  staff INTEGER, part TEXT, until INTEGER, reason BLOB, approver INTEGER, approved INTEGER, approved_until INTEGER, reminded INTEGER
) STRICT;
CREATE INDEX case_team_parent ON case_team (parent);
CREATE INDEX case_team_area ON case_team (area);
CREATE INDEX case_team_town ON case_team (town);
CREATE INDEX case_team_comm ON case_team (comm);
CREATE INDEX case_team_org ON case_team (org);
CREATE INDEX case_team_staff ON case_team (staff);
CREATE INDEX case_team_approved ON case_team (approved_until);

CREATE TABLE case_glass (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  reason TEXT, why BLOB, use_for TEXT, staff INTEGER, until INTEGER, ended INTEGER, judge INTEGER, judged INTEGER, words BLOB
) STRICT;
CREATE INDEX case_glass_parent ON case_glass (parent);
CREATE INDEX case_glass_area ON case_glass (area);
CREATE INDEX case_glass_town ON case_glass (town);
CREATE INDEX case_glass_comm ON case_glass (comm);
CREATE INDEX case_glass_org ON case_glass (org);
CREATE INDEX case_glass_owner ON case_glass (owner);
CREATE INDEX case_glass_state ON case_glass (state);

CREATE TABLE conflict (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  staff INTEGER, kase INTEGER, clue INTEGER, how TEXT, why BLOB
) STRICT;
CREATE INDEX conflict_area ON conflict (area);
CREATE INDEX conflict_town ON conflict (town);
CREATE INDEX conflict_comm ON conflict (comm);
CREATE INDEX conflict_org ON conflict (org);
CREATE INDEX conflict_owner ON conflict (owner);
CREATE INDEX conflict_kase ON conflict (kase);
CREATE INDEX conflict_clue ON conflict (clue);

-- Her own number and her relatives', for nobody's eyes but hers (src/people/kin.c).
CREATE TABLE kin (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  relation TEXT, name BLOB, phone BLOB, phone_bi BLOB, idno BLOB, idno_bi BLOB
) STRICT;
CREATE INDEX kin_parent ON kin (parent);
CREATE INDEX kin_area ON kin (area);
CREATE INDEX kin_town ON kin (town);
CREATE INDEX kin_comm ON kin (comm);
CREATE INDEX kin_org ON kin (org);
CREATE INDEX kin_owner ON kin (owner);
CREATE INDEX kin_phone_bi ON kin (phone_bi);
CREATE INDEX kin_idno_bi ON kin (idno_bi);

ALTER TABLE staff ADD COLUMN leaves INTEGER;
ALTER TABLE staff ADD COLUMN hours TEXT;
ALTER TABLE clue ADD COLUMN child INTEGER;
ALTER TABLE notice ADD COLUMN root INTEGER NOT NULL DEFAULT 0;
ALTER TABLE due ADD COLUMN root INTEGER NOT NULL DEFAULT 0;

-- What there is already: a staff record is its own; a clue about a child says so; whoever leads a case is of its team, and the
-- responsible unit's assignment counts as the approval from the day of this change.
UPDATE staff SET owner = id;
UPDATE clue SET child = 1 WHERE child_present = 'yes' OR signals LIKE '%,child,%' OR signals LIKE '%,child_hidden,%';
UPDATE notice SET root = rid WHERE type IN ('case', 'clue');
UPDATE notice SET root = COALESCE((SELECT parent FROM visit v WHERE v.id = notice.rid), 0) WHERE type = 'visit';
UPDATE notice SET root = COALESCE((SELECT parent FROM duty v WHERE v.id = notice.rid), 0) WHERE type = 'duty';
UPDATE due SET root = rid WHERE type IN ('case', 'clue');
UPDATE due SET root = COALESCE((SELECT parent FROM visit v WHERE v.id = due.rid), 0) WHERE type = 'visit';
UPDATE due SET root = COALESCE((SELECT parent FROM duty v WHERE v.id = due.rid), 0) WHERE type = 'duty';
INSERT INTO access (src, staff, rid, bits, since, until)
  SELECT id, owner, id, 1, 0, 9223372036854775807 FROM case_file WHERE owner IS NOT NULL AND state <> 'archived';
INSERT INTO access (src, staff, rid, bits, since, until)
  SELECT id, owner, id, 2, 0, updated + 7776000000 FROM case_file WHERE owner IS NOT NULL AND state <> 'archived';
