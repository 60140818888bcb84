-- Warning letters of the police (src/absorb/letter.c), and why a visit is made.

CREATE TABLE warning_letter (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  victim INTEGER, offender INTEGER, police INTEGER, grade TEXT, victim_name BLOB, offender_name BLOB, offender_idno BLOB, offender_home BLOB, facts BLOB,
  happened INTEGER, circumstances TEXT, evidence TEXT, disputed TEXT, note BLOB, officer BLOB, issued_on INTEGER, until INTEGER, read_out INTEGER,
  served_offender INTEGER, served_victim INTEGER, refused INTEGER, witness BLOB, copied_fed INTEGER, copied_comm INTEGER, checked_on INTEGER,
  checked_who TEXT, checked_note BLOB, checks INTEGER, breach_on INTEGER, breach_note BLOB, breaches INTEGER, handled TEXT, decline_reason TEXT
) STRICT;
CREATE INDEX warning_letter_parent ON warning_letter (parent);
CREATE INDEX warning_letter_area ON warning_letter (area);
CREATE INDEX warning_letter_town ON warning_letter (town);
CREATE INDEX warning_letter_comm ON warning_letter (comm);
CREATE INDEX warning_letter_org ON warning_letter (org);
CREATE INDEX warning_letter_owner ON warning_letter (owner);
CREATE INDEX warning_letter_creator ON warning_letter (creator);

ALTER TABLE visit ADD COLUMN why TEXT;
