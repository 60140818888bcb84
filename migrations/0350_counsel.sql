-- Counselling of couples (src/absorb/counsel.c): the couple, who counsels it, what was said; consultations and lectures.

CREATE TABLE counsel (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  place TEXT, intent TEXT, kinds TEXT, a_name BLOB, b_name BLOB, screen_a TEXT, screen_b TEXT, apart INTEGER, told INTEGER, violence INTEGER,
  a_phone BLOB, a_idno BLOB, a_idno_bi BLOB, a_consent INTEGER, a_safe TEXT, a_note BLOB,
  b_phone BLOB, b_idno BLOB, b_idno_bi BLOB, b_consent INTEGER, b_safe TEXT, b_note BLOB,
  years INTEGER, children INTEGER, reasons TEXT, appointment INTEGER, received INTEGER, applied_on INTEGER, cool_end INTEGER, cert_end INTEGER,
  done_on INTEGER, both_present INTEGER, withdrew TEXT, sessions INTEGER, heads INTEGER, met INTEGER, counted INTEGER, first INTEGER, result TEXT, reconciled INTEGER,
  stage TEXT, satisfaction TEXT, ended_at INTEGER, note BLOB, same INTEGER, refer_ok INTEGER, kase INTEGER
) STRICT;
CREATE INDEX counsel_area ON counsel (area);
CREATE INDEX counsel_town ON counsel (town);
CREATE INDEX counsel_comm ON counsel (comm);
CREATE INDEX counsel_org ON counsel (org);
CREATE INDEX counsel_owner ON counsel (owner);
CREATE INDEX counsel_creator ON counsel (creator);
CREATE INDEX counsel_a_idno_bi ON counsel (a_idno_bi);
CREATE INDEX counsel_b_idno_bi ON counsel (b_idno_bi);

CREATE TABLE counsellor (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  staff INTEGER, part TEXT
) STRICT;
CREATE INDEX counsellor_parent ON counsellor (parent);
CREATE INDEX counsellor_area ON counsellor (area);
CREATE INDEX counsellor_town ON counsellor (town);
CREATE INDEX counsellor_comm ON counsellor (comm);
CREATE INDEX counsellor_org ON counsellor (org);
CREATE INDEX counsellor_owner ON counsellor (owner);

CREATE TABLE counsel_talk (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  form TEXT, present TEXT, held INTEGER, minutes INTEGER, kinds TEXT, text BLOB, advice BLOB
) STRICT;
CREATE INDEX counsel_talk_parent ON counsel_talk (parent);
CREATE INDEX counsel_talk_org ON counsel_talk (org);

CREATE TABLE consult (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  form TEXT, held INTEGER, people INTEGER, kinds TEXT, subject TEXT
) STRICT;
CREATE INDEX consult_area ON consult (area);
CREATE INDEX consult_town ON consult (town);
CREATE INDEX consult_comm ON consult (comm);
CREATE INDEX consult_org ON consult (org);
CREATE INDEX consult_owner ON consult (owner);
CREATE INDEX consult_creator ON consult (creator);
