-- What another unit does in a case: handed over, invited, acted on together (src/absorb/referral.c).

CREATE TABLE referral (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, track TEXT, unit INTEGER, grade TEXT, first INTEGER, second INTEGER, first_name BLOB, second_name BLOB, matter BLOB,
  released BLOB, by_on INTEGER, asked_on INTEGER, sender INTEGER, asker INTEGER, more BLOB, officer BLOB, accepted_at INTEGER,
  decline_reason TEXT, result TEXT, result_text BLOB, returned_at INTEGER, again_why BLOB, rounds INTEGER, note BLOB
) STRICT;
CREATE INDEX referral_parent ON referral (parent);
CREATE INDEX referral_org ON referral (org);
CREATE INDEX referral_owner ON referral (owner);
CREATE INDEX referral_town ON referral (town);
CREATE INDEX referral_comm ON referral (comm);
CREATE INDEX referral_area ON referral (area);
