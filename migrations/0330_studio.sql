-- Studios and mediators (src/people/studio.c): rooms and hours, languages, grade, leave, training, units she keeps away from; and the
-- handing over of all that somebody has open (src/absorb/handover.c).

ALTER TABLE studio ADD COLUMN head INTEGER;
ALTER TABLE studio ADD COLUMN hours TEXT;
ALTER TABLE studio ADD COLUMN committee TEXT;
ALTER TABLE studio ADD COLUMN honours TEXT;
ALTER TABLE mediator ADD COLUMN languages TEXT;
ALTER TABLE mediator ADD COLUMN hours TEXT;
ALTER TABLE mediator ADD COLUMN fulltime TEXT;
ALTER TABLE mediator ADD COLUMN grade TEXT;
ALTER TABLE mediator ADD COLUMN grade_on INTEGER;
ALTER TABLE mediator ADD COLUMN honours TEXT;
ALTER TABLE mediator ADD COLUMN appointed INTEGER;
ALTER TABLE mediator ADD COLUMN appointed_until INTEGER;
ALTER TABLE case_file ADD COLUMN speech TEXT;

CREATE TABLE room (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name TEXT, seats INTEGER, apart INTEGER, note TEXT
) STRICT;
CREATE INDEX room_parent ON room (parent);
CREATE INDEX room_area ON room (area);
CREATE INDEX room_org ON room (org);

CREATE TABLE mediator_leave (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, from_on INTEGER, to_on INTEGER, note BLOB, back_on INTEGER
) STRICT;
CREATE INDEX mediator_leave_parent ON mediator_leave (parent);
CREATE INDEX mediator_leave_owner ON mediator_leave (owner);
CREATE INDEX mediator_leave_to ON mediator_leave (state, to_on);

CREATE TABLE mediator_training (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  topic TEXT, kind TEXT, held_on INTEGER, hours INTEGER, giver TEXT, passed INTEGER
) STRICT;
CREATE INDEX mediator_training_parent ON mediator_training (parent);

CREATE TABLE mediator_avoid (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  unit INTEGER, why BLOB
) STRICT;
CREATE INDEX mediator_avoid_parent ON mediator_avoid (parent);
CREATE INDEX mediator_avoid_owner ON mediator_avoid (owner);

CREATE TABLE handover (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  reason TEXT, note BLOB, lines TEXT, moved INTEGER, kept INTEGER, report TEXT
) STRICT;
CREATE INDEX handover_parent ON handover (parent);
