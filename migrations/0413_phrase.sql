-- What a city adds to the words of the screening (src/sense/phrase.c), and how often each rule found something, by day (src/sense/phrase_trial.c).

CREATE TABLE phrase (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name TEXT, finds TEXT, sign TEXT, kind TEXT, strength INTEGER, rule INTEGER, expert INTEGER, kin_only INTEGER, words BLOB, hits BLOB, misses BLOB,
  why BLOB, before INTEGER, verdict TEXT, figures BLOB, decider INTEGER, decided INTEGER, reason BLOB
) STRICT;
CREATE INDEX phrase_area ON phrase (area);
CREATE INDEX phrase_town ON phrase (town);
CREATE INDEX phrase_comm ON phrase (comm);
CREATE INDEX phrase_org ON phrase (org);
CREATE INDEX phrase_owner ON phrase (owner);
CREATE INDEX phrase_creator ON phrase (creator);
CREATE INDEX phrase_state ON phrase (state);
CREATE TABLE rule_hit (rule INTEGER NOT NULL, day INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (rule, day)) STRICT;
