-- Clues and what people corrected in their screening (src/sense/clue.c).

CREATE TABLE clue (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  source TEXT, external_id TEXT, received INTEGER, title BLOB, text BLOB, urgency TEXT, anonymous INTEGER,
  reporter_name BLOB, reporter_phone BLOB, reporter_phone_bi BLOB, safe_contact TEXT, safe_note BLOB, party_a_name BLOB,
  party_a_name_bi BLOB, party_a_phone BLOB, party_a_phone_bi BLOB, party_a_idno BLOB, party_a_idno_bi BLOB,
  party_b_name BLOB, party_b_name_bi BLOB, party_b_phone BLOB, party_b_phone_bi BLOB, party_b_idno BLOB,
  party_b_idno_bi BLOB, relation TEXT, address BLOB, violence TEXT, child_present TEXT, family INTEGER, score INTEGER,
  kind TEXT, grade TEXT, signals TEXT, suggest TEXT, triage BLOB, note BLOB, outcome TEXT, not_family TEXT,
  refer_to TEXT, merged_into INTEGER, case_file INTEGER, repeats INTEGER, closed INTEGER
) STRICT;
CREATE INDEX clue_area ON clue (area);
CREATE INDEX clue_town ON clue (town);
CREATE INDEX clue_comm ON clue (comm);
CREATE INDEX clue_org ON clue (org);
CREATE INDEX clue_owner ON clue (owner);
CREATE INDEX clue_creator ON clue (creator);
CREATE INDEX clue_state ON clue (state);
CREATE INDEX clue_reporter_phone_bi ON clue (reporter_phone_bi);
CREATE INDEX clue_party_a_name_bi ON clue (party_a_name_bi);
CREATE INDEX clue_party_a_phone_bi ON clue (party_a_phone_bi);
CREATE INDEX clue_party_a_idno_bi ON clue (party_a_idno_bi);
CREATE INDEX clue_party_b_name_bi ON clue (party_b_name_bi);
CREATE INDEX clue_party_b_phone_bi ON clue (party_b_phone_bi);
CREATE INDEX clue_party_b_idno_bi ON clue (party_b_idno_bi);
CREATE UNIQUE INDEX clue_external ON clue (source, external_id);
CREATE INDEX clue_merged_into ON clue (merged_into);
CREATE INDEX clue_number ON clue (number);

-- sqlite
CREATE VIRTUAL TABLE search_clue USING fts5(t, content='', tokenize='ascii');
-- end
-- postgres
CREATE TABLE search_clue (id BIGINT PRIMARY KEY, t TSVECTOR);
CREATE INDEX search_clue_t ON search_clue USING gin (t);
-- end

CREATE TABLE correction (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  clue INTEGER, what TEXT, machine TEXT, human TEXT
) STRICT;
CREATE INDEX correction_area ON correction (area);
CREATE INDEX correction_town ON correction (town);
CREATE INDEX correction_comm ON correction (comm);
CREATE INDEX correction_org ON correction (org);
CREATE INDEX correction_owner ON correction (owner);
CREATE INDEX correction_creator ON correction (creator);
CREATE INDEX correction_state ON correction (state);
CREATE INDEX correction_clue ON correction (clue);
