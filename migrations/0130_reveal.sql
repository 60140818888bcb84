-- What was uncovered of masked fields, by whom and how often on a day (src/record/reveal.c): never the value. The journal has each
-- time; this counts.

CREATE TABLE reveal (
  who INTEGER NOT NULL, day INTEGER NOT NULL, type TEXT NOT NULL, rid INTEGER NOT NULL, field TEXT NOT NULL, ms INTEGER NOT NULL,
  times INTEGER NOT NULL, PRIMARY KEY (who, day, type, rid, field)
) STRICT;
CREATE INDEX reveal_day ON reveal (day);

CREATE TABLE reveal_lift (
  who INTEGER NOT NULL, day INTEGER NOT NULL, more INTEGER NOT NULL, given_by INTEGER NOT NULL, ms INTEGER NOT NULL, PRIMARY KEY (who, day)
) STRICT;
