-- Appointments with a room and a person (src/absorb/booking.c), and the secret addresses of calendars (src/absorb/feed.c).

CREATE TABLE booking (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  kind TEXT, at INTEGER, minutes INTEGER, room INTEGER, staff INTEGER, side TEXT, place BLOB, note BLOB, anyway INTEGER
) STRICT;
CREATE INDEX booking_parent ON booking (parent);
CREATE INDEX booking_room ON booking (room, at);
CREATE INDEX booking_staff ON booking (staff, at);
CREATE INDEX booking_org ON booking (org, at);
CREATE INDEX booking_owner ON booking (owner, at);

CREATE TABLE feed (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  mark TEXT, made_on INTEGER
) STRICT;
CREATE UNIQUE INDEX feed_mark ON feed (mark);
CREATE INDEX feed_owner ON feed (owner);
