-- Lists of 50 among a million: for each pair of filters that leaves little of much, an index that has both, whose rows come in
-- order of id; for one community and one clerk an index that holds all that is asked, read without the rows; small ones of
-- what few records have; and for the monthly table's lists the time by which a record counts.

DROP INDEX clue_comm;
DROP INDEX clue_creator;
DROP INDEX case_file_comm;
CREATE INDEX clue_kind ON clue (kind);
CREATE INDEX clue_grade ON clue (grade);
CREATE INDEX clue_source ON clue (source);
CREATE INDEX clue_town_state ON clue (town, state);
CREATE INDEX clue_town_kind ON clue (town, kind);
CREATE INDEX clue_town_grade ON clue (town, grade);
CREATE INDEX clue_town_source ON clue (town, source);
CREATE INDEX clue_comm_all ON clue (comm, state, kind, grade, source, town, org);
CREATE INDEX clue_state_grade ON clue (state, grade);
CREATE INDEX clue_state_kind ON clue (state, kind);
CREATE INDEX clue_grade_kind ON clue (grade, kind);
CREATE INDEX clue_org_state ON clue (org, state);
CREATE INDEX clue_org_kind ON clue (org, kind);
CREATE INDEX clue_kind_source ON clue (kind, source);
CREATE INDEX clue_org_grade ON clue (org, grade);
CREATE INDEX clue_org_source ON clue (org, source);
CREATE INDEX clue_creator_all ON clue (creator, state, kind, grade, source, town);
CREATE INDEX clue_received ON clue (received);
CREATE INDEX clue_outcome ON clue (outcome);
CREATE INDEX clue_refer_to ON clue (refer_to) WHERE refer_to IS NOT NULL;
CREATE INDEX clue_not_family ON clue (not_family) WHERE not_family IS NOT NULL;
CREATE INDEX clue_violence ON clue (violence) WHERE violence IS NOT NULL;
CREATE INDEX clue_child_present ON clue (child_present) WHERE child_present IS NOT NULL;
CREATE INDEX clue_urgency ON clue (urgency) WHERE urgency IS NOT NULL;
CREATE INDEX clue_signals ON clue (signals) WHERE signals IS NOT NULL;

CREATE INDEX case_file_kind ON case_file (kind);
CREATE INDEX case_file_grade ON case_file (grade);
CREATE INDEX case_file_source ON case_file (source);
CREATE INDEX case_file_town_state ON case_file (town, state);
CREATE INDEX case_file_town_kind ON case_file (town, kind);
CREATE INDEX case_file_town_grade ON case_file (town, grade);
CREATE INDEX case_file_town_source ON case_file (town, source);
CREATE INDEX case_file_comm_all ON case_file (comm, state, kind, grade, source, town, org);
CREATE INDEX case_file_state_grade ON case_file (state, grade);
CREATE INDEX case_file_state_kind ON case_file (state, kind);
CREATE INDEX case_file_grade_kind ON case_file (grade, kind);
CREATE INDEX case_file_org_state ON case_file (org, state);
CREATE INDEX case_file_org_kind ON case_file (org, kind);
CREATE INDEX case_file_closed ON case_file (closed);
CREATE INDEX case_file_outcome ON case_file (outcome);
CREATE INDEX case_file_refer_to ON case_file (refer_to) WHERE refer_to IS NOT NULL;
CREATE INDEX case_file_signals ON case_file (signals) WHERE signals IS NOT NULL;

CREATE INDEX agreement_signed_on ON agreement (signed_on);
CREATE INDEX visit_due_on ON visit (due_on);
CREATE INDEX visit_done_at ON visit (done_at);

-- How selective each index is in a city of a million records, so that SQLite plans for the large city from the first day and
-- its plans do not change under way. PostgreSQL measures by itself.
-- sqlite
ANALYZE clue;
ANALYZE case_file;
DELETE FROM sqlite_stat1 WHERE tbl IN ('clue', 'case_file');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('clue', 'clue_area', '1000000 3300'),
  ('clue', 'clue_town', '1000000 70000'),
  ('clue', 'clue_org', '1000000 20000'),
  ('clue', 'clue_owner', '1000000 500'),
  ('clue', 'clue_state', '1000000 150000'),
  ('clue', 'clue_number', '1000000 1'),
  ('clue', 'clue_merged_into', '1000000 10'),
  ('clue', 'clue_kind', '1000000 50000'),
  ('clue', 'clue_grade', '1000000 200000'),
  ('clue', 'clue_source', '1000000 60000'),
  ('clue', 'clue_town_state', '1000000 70000 9000'),
  ('clue', 'clue_town_kind', '1000000 70000 3500'),
  ('clue', 'clue_town_grade', '1000000 70000 12000'),
  ('clue', 'clue_town_source', '1000000 70000 4500'),
  ('clue', 'clue_comm_all', '1000000 800 130 10 5 2 2 2'),
  ('clue', 'clue_state_grade', '1000000 150000 8000'),
  ('clue', 'clue_state_kind', '1000000 150000 6000'),
  ('clue', 'clue_grade_kind', '1000000 200000 9000'),
  ('clue', 'clue_org_state', '1000000 20000 3000'),
  ('clue', 'clue_org_kind', '1000000 20000 1000'),
  ('clue', 'clue_kind_source', '1000000 50000 7000'),
  ('clue', 'clue_org_grade', '1000000 20000 4000'),
  ('clue', 'clue_org_source', '1000000 20000 3500'),
  ('clue', 'clue_creator_all', '1000000 1000 170 12 6 3 2'),
  ('clue', 'clue_received', '1000000 2'),
  ('clue', 'clue_outcome', '1000000 100000'),
  ('clue', 'clue_refer_to', '100000 2000'),
  ('clue', 'clue_not_family', '100000 2000'),
  ('clue', 'clue_violence', '100000 10000'),
  ('clue', 'clue_child_present', '100000 10000'),
  ('clue', 'clue_urgency', '100000 10000'),
  ('clue', 'clue_signals', '100000 5000'),
  ('case_file', 'case_file_area', '1000000 3300'),
  ('case_file', 'case_file_town', '1000000 70000'),
  ('case_file', 'case_file_org', '1000000 20000'),
  ('case_file', 'case_file_owner', '1000000 500'),
  ('case_file', 'case_file_creator', '1000000 5000'),
  ('case_file', 'case_file_state', '1000000 150000'),
  ('case_file', 'case_file_number', '1000000 1'),
  ('case_file', 'case_file_clue', '1000000 1'),
  ('case_file', 'case_file_kind', '1000000 50000'),
  ('case_file', 'case_file_grade', '1000000 200000'),
  ('case_file', 'case_file_source', '1000000 60000'),
  ('case_file', 'case_file_town_state', '1000000 70000 9000'),
  ('case_file', 'case_file_town_kind', '1000000 70000 3500'),
  ('case_file', 'case_file_town_grade', '1000000 70000 12000'),
  ('case_file', 'case_file_town_source', '1000000 70000 4500'),
  ('case_file', 'case_file_comm_all', '1000000 800 130 10 5 2 2 2'),
  ('case_file', 'case_file_state_grade', '1000000 150000 8000'),
  ('case_file', 'case_file_state_kind', '1000000 150000 6000'),
  ('case_file', 'case_file_grade_kind', '1000000 200000 9000'),
  ('case_file', 'case_file_org_state', '1000000 20000 3000'),
  ('case_file', 'case_file_org_kind', '1000000 20000 1000'),
  ('case_file', 'case_file_closed', '1000000 2'),
  ('case_file', 'case_file_outcome', '1000000 100000'),
  ('case_file', 'case_file_refer_to', '100000 2000'),
  ('case_file', 'case_file_signals', '100000 5000'),
  ('clue', 'clue_reporter_phone_bi', '1000000 4'),
  ('clue', 'clue_party_a_name_bi', '1000000 20'),
  ('clue', 'clue_party_a_phone_bi', '1000000 4'),
  ('clue', 'clue_party_a_idno_bi', '1000000 4'),
  ('clue', 'clue_party_b_name_bi', '1000000 20'),
  ('clue', 'clue_party_b_phone_bi', '1000000 4'),
  ('clue', 'clue_party_b_idno_bi', '1000000 4'),
  ('clue', 'clue_external', '1000000 60000 1');
ANALYZE sqlite_schema;
-- end
