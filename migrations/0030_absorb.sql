-- Cases, parties, sessions, agreements, duties, visits (src/absorb/).

CREATE TABLE case_file (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  clue INTEGER, source TEXT, title BLOB, summary BLOB, kind TEXT, grade TEXT, signals TEXT, violence INTEGER,
  child INTEGER, method TEXT, note BLOB, return_reason TEXT, proposed INTEGER, returns INTEGER, sender INTEGER,
  returner INTEGER, ruled INTEGER, accepted INTEGER, contacted INTEGER, checked INTEGER, ongoing TEXT, willing TEXT,
  told INTEGER, protection TEXT, police_no BLOB, no_report BLOB, extend_reason TEXT, extend_to INTEGER,
  both_consent INTEGER, suspend_reason TEXT, suspended INTEGER, outcome TEXT, refer_to TEXT, success INTEGER,
  ontime INTEGER, finished INTEGER, closed INTEGER, rounds INTEGER
) STRICT;
CREATE INDEX case_file_area ON case_file (area);
CREATE INDEX case_file_town ON case_file (town);
CREATE INDEX case_file_comm ON case_file (comm);
CREATE INDEX case_file_org ON case_file (org);
CREATE INDEX case_file_owner ON case_file (owner);
CREATE INDEX case_file_creator ON case_file (creator);
CREATE INDEX case_file_state ON case_file (state);
CREATE INDEX case_file_clue ON case_file (clue);
CREATE INDEX case_file_number ON case_file (number);

-- sqlite
CREATE VIRTUAL TABLE search_case_file USING fts5(t, content='', tokenize='ascii');
-- end
-- postgres
CREATE TABLE search_case_file (id BIGINT PRIMARY KEY, t TSVECTOR);
CREATE INDEX search_case_file_t ON search_case_file USING gin (t);
-- end

CREATE TABLE party (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  side TEXT, name BLOB, name_bi BLOB, phone BLOB, phone_bi BLOB, idno BLOB, idno_bi BLOB, sex TEXT, birth INTEGER,
  relation TEXT, minor INTEGER, protected_person INTEGER, address BLOB, safe_contact TEXT, safe_note BLOB
) STRICT;
CREATE INDEX party_parent ON party (parent);
CREATE INDEX party_area ON party (area);
CREATE INDEX party_town ON party (town);
CREATE INDEX party_comm ON party (comm);
CREATE INDEX party_org ON party (org);
CREATE INDEX party_owner ON party (owner);
CREATE INDEX party_creator ON party (creator);
CREATE INDEX party_name_bi ON party (name_bi);
CREATE INDEX party_phone_bi ON party (phone_bi);
CREATE INDEX party_idno_bi ON party (idno_bi);

CREATE TABLE mediation_session (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  form TEXT, held INTEGER, place BLOB, present BLOB, helpers BLOB, rights_told INTEGER, minutes INTEGER, text BLOB,
  points BLOB, next INTEGER
) STRICT;
CREATE INDEX mediation_session_parent ON mediation_session (parent);
CREATE INDEX mediation_session_area ON mediation_session (area);
CREATE INDEX mediation_session_town ON mediation_session (town);
CREATE INDEX mediation_session_comm ON mediation_session (comm);
CREATE INDEX mediation_session_org ON mediation_session (org);
CREATE INDEX mediation_session_owner ON mediation_session (owner);
CREATE INDEX mediation_session_creator ON mediation_session (creator);

-- sqlite
CREATE VIRTUAL TABLE search_mediation_session USING fts5(t, content='', tokenize='ascii');
-- end
-- postgres
CREATE TABLE search_mediation_session (id BIGINT PRIMARY KEY, t TSVECTOR);
CREATE INDEX search_mediation_session_t ON search_mediation_session USING gin (t);
-- end

CREATE TABLE agreement (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  form TEXT, facts BLOB, terms BLOB, performance BLOB, amount INTEGER, signed_on INTEGER, parties_signed INTEGER,
  mediator_signed INTEGER, sealed INTEGER, confirm_until INTEGER, note BLOB
) STRICT;
CREATE INDEX agreement_parent ON agreement (parent);
CREATE INDEX agreement_area ON agreement (area);
CREATE INDEX agreement_town ON agreement (town);
CREATE INDEX agreement_comm ON agreement (comm);
CREATE INDEX agreement_org ON agreement (org);
CREATE INDEX agreement_owner ON agreement (owner);
CREATE INDEX agreement_creator ON agreement (creator);

CREATE TABLE duty (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  agreement INTEGER, what BLOB, side TEXT, amount INTEGER, due_on INTEGER, status TEXT, note BLOB, done_at INTEGER
) STRICT;
CREATE INDEX duty_parent ON duty (parent);
CREATE INDEX duty_area ON duty (area);
CREATE INDEX duty_town ON duty (town);
CREATE INDEX duty_comm ON duty (comm);
CREATE INDEX duty_org ON duty (org);
CREATE INDEX duty_owner ON duty (owner);
CREATE INDEX duty_creator ON duty (creator);
CREATE INDEX duty_agreement ON duty (agreement);

CREATE TABLE visit (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  after INTEGER, grade TEXT, due_on INTEGER, party INTEGER, result TEXT, satisfaction TEXT, safe_now TEXT, text BLOB,
  note BLOB, tries INTEGER, done_at INTEGER
) STRICT;
CREATE INDEX visit_parent ON visit (parent);
CREATE INDEX visit_area ON visit (area);
CREATE INDEX visit_town ON visit (town);
CREATE INDEX visit_comm ON visit (comm);
CREATE INDEX visit_org ON visit (org);
CREATE INDEX visit_owner ON visit (owner);
CREATE INDEX visit_creator ON visit (creator);
