-- Lists of 50 among a million, once more: each index begins with what leads a list (src/record/see.c, leads), goes on with the id, so that
-- rows come newest first without a sort, and holds what else a list is asked for, so that a row is refused within the index and only those
-- shown are fetched. Pairs only of what depends on each other, for there a page never fills; else one column is enough, the rarest one
-- (src/record/weigh.c). Town and community are the head of the area.

DROP INDEX clue_comm_all;
DROP INDEX clue_creator_all;
DROP INDEX clue_owner;
DROP INDEX clue_org;
DROP INDEX clue_town;
DROP INDEX clue_state;
DROP INDEX clue_kind;
DROP INDEX clue_grade;
DROP INDEX clue_source;
DROP INDEX clue_town_state;
DROP INDEX clue_town_kind;
DROP INDEX clue_town_grade;
DROP INDEX clue_town_source;
DROP INDEX clue_state_grade;
DROP INDEX clue_state_kind;
DROP INDEX clue_grade_kind;
DROP INDEX clue_org_state;
DROP INDEX clue_org_kind;
DROP INDEX clue_org_grade;
DROP INDEX clue_org_source;
DROP INDEX clue_kind_source;
CREATE INDEX clue_comm ON clue (comm, id, state, kind, grade, source, area, org, creator);
CREATE INDEX clue_owner ON clue (owner, id, state, kind, grade, source, area, org, creator) WHERE owner IS NOT NULL;
CREATE INDEX clue_creator ON clue (creator, id, state, kind, grade, source, area, org);
CREATE INDEX clue_org ON clue (org, id, state, kind, grade, source, area);
CREATE INDEX clue_town ON clue (town, id, state, kind, grade, source, area, creator);
CREATE INDEX clue_org_town ON clue (org, town, id, state, kind, grade, source, area);
CREATE INDEX clue_state_kind ON clue (state, kind, id, grade, source, area, org, creator);
CREATE INDEX clue_kind_grade ON clue (kind, grade, id, state, source, area, org, creator);
CREATE INDEX clue_state_grade ON clue (state, grade, id, kind, source, area, org, creator);
CREATE INDEX clue_kind ON clue (kind, id, source, area, org, creator);
CREATE INDEX clue_state ON clue (state, id, source, area, org, creator);
CREATE INDEX clue_grade ON clue (grade, id, source, area, org, creator);
CREATE INDEX clue_source ON clue (source, id, area);

DROP INDEX case_file_comm_all;
DROP INDEX case_file_owner;
DROP INDEX case_file_org;
DROP INDEX case_file_town;
DROP INDEX case_file_state;
DROP INDEX case_file_kind;
DROP INDEX case_file_grade;
DROP INDEX case_file_source;
DROP INDEX case_file_town_state;
DROP INDEX case_file_town_kind;
DROP INDEX case_file_town_grade;
DROP INDEX case_file_town_source;
DROP INDEX case_file_state_grade;
DROP INDEX case_file_state_kind;
DROP INDEX case_file_grade_kind;
DROP INDEX case_file_org_state;
DROP INDEX case_file_org_kind;
CREATE INDEX case_file_comm ON case_file (comm, id, state, kind, grade, source, area, org, owner);
CREATE INDEX case_file_owner ON case_file (owner, id, state, kind, grade, source, area, org) WHERE owner IS NOT NULL;
CREATE INDEX case_file_org ON case_file (org, id, state, kind, grade, source, area);
CREATE INDEX case_file_town ON case_file (town, id, state, kind, grade, source, area, owner);
CREATE INDEX case_file_org_town ON case_file (org, town, id, state, kind, grade, source, area);
CREATE INDEX case_file_state_kind ON case_file (state, kind, id, grade, source, area, org, owner);
CREATE INDEX case_file_kind_grade ON case_file (kind, grade, id, state, source, area, org, owner);
CREATE INDEX case_file_state_grade ON case_file (state, grade, id, kind, source, area, org, owner);
CREATE INDEX case_file_kind ON case_file (kind, id, source, area, org, owner);
CREATE INDEX case_file_state ON case_file (state, id, source, area, org, owner);
CREATE INDEX case_file_grade ON case_file (grade, id, source, area, org, owner);
CREATE INDEX case_file_source ON case_file (source, id, area);

-- How selective each is in a city of a million records (0070 says why).
-- sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('clue', 'clue_comm', '1000000 800 1 1 1 1 1 1 1 1'),
  ('clue', 'clue_owner', '1000000 500 1 1 1 1 1 1 1 1'),
  ('clue', 'clue_creator', '1000000 1000 1 1 1 1 1 1 1'),
  ('clue', 'clue_org', '1000000 20000 1 1 1 1 1 1'),
  ('clue', 'clue_town', '1000000 70000 1 1 1 1 1 1 1'),
  ('clue', 'clue_org_town', '1000000 20000 15000 1 1 1 1 1 1'),
  ('clue', 'clue_state_kind', '1000000 150000 6000 1 1 1 1 1 1'),
  ('clue', 'clue_kind_grade', '1000000 50000 9000 1 1 1 1 1 1'),
  ('clue', 'clue_state_grade', '1000000 150000 8000 1 1 1 1 1 1'),
  ('clue', 'clue_kind', '1000000 50000 1 1 1 1 1'),
  ('clue', 'clue_state', '1000000 150000 1 1 1 1 1'),
  ('clue', 'clue_grade', '1000000 200000 1 1 1 1 1'),
  ('clue', 'clue_source', '1000000 60000 1 1'),
  ('case_file', 'case_file_comm', '1000000 800 1 1 1 1 1 1 1 1'),
  ('case_file', 'case_file_owner', '1000000 500 1 1 1 1 1 1 1'),
  ('case_file', 'case_file_org', '1000000 20000 1 1 1 1 1 1'),
  ('case_file', 'case_file_town', '1000000 70000 1 1 1 1 1 1 1'),
  ('case_file', 'case_file_org_town', '1000000 20000 15000 1 1 1 1 1 1'),
  ('case_file', 'case_file_state_kind', '1000000 150000 6000 1 1 1 1 1 1'),
  ('case_file', 'case_file_kind_grade', '1000000 50000 9000 1 1 1 1 1 1'),
  ('case_file', 'case_file_state_grade', '1000000 150000 8000 1 1 1 1 1 1'),
  ('case_file', 'case_file_kind', '1000000 50000 1 1 1 1 1'),
  ('case_file', 'case_file_state', '1000000 150000 1 1 1 1 1'),
  ('case_file', 'case_file_grade', '1000000 200000 1 1 1 1 1'),
  ('case_file', 'case_file_source', '1000000 60000 1 1');
ANALYZE sqlite_schema;
-- end
