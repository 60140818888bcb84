-- Units, staff, grids, studios, mediators, households, persons (src/people/types.c).

CREATE TABLE org (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name TEXT, kind TEXT, above INTEGER, address TEXT, phone TEXT, place TEXT
) STRICT;
CREATE INDEX org_area ON org (area);
CREATE INDEX org_town ON org (town);
CREATE INDEX org_comm ON org (comm);
CREATE INDEX org_org ON org (org);
CREATE INDEX org_place ON org (place, kind);
CREATE INDEX org_above ON org (above);
CREATE INDEX org_kind ON org (kind);

CREATE TABLE staff (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name BLOB, name_bi BLOB, login TEXT, role TEXT, post TEXT, phone BLOB, phone_bi BLOB, skills TEXT
) STRICT;
CREATE INDEX staff_area ON staff (area);
CREATE INDEX staff_town ON staff (town);
CREATE INDEX staff_comm ON staff (comm);
CREATE INDEX staff_org ON staff (org);
CREATE UNIQUE INDEX staff_login ON staff (login);
CREATE INDEX staff_role ON staff (role);
CREATE INDEX staff_name_bi ON staff (name_bi);
CREATE INDEX staff_phone_bi ON staff (phone_bi);

CREATE TABLE grid (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  code TEXT, name TEXT, kind TEXT, worker INTEGER, polygon TEXT
) STRICT;
CREATE INDEX grid_area ON grid (area);
CREATE INDEX grid_town ON grid (town);
CREATE INDEX grid_comm ON grid (comm);
CREATE INDEX grid_org ON grid (org);
CREATE UNIQUE INDEX grid_code ON grid (code);
CREATE INDEX grid_worker ON grid (worker);
CREATE INDEX grid_kind ON grid (kind);

CREATE TABLE studio (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name TEXT, level TEXT, address TEXT, phone TEXT
) STRICT;
CREATE INDEX studio_area ON studio (area);
CREATE INDEX studio_town ON studio (town);
CREATE INDEX studio_comm ON studio (comm);
CREATE INDEX studio_org ON studio (org);

CREATE TABLE mediator (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  staff INTEGER, studio INTEGER, skills TEXT, capacity INTEGER, certificate TEXT, load INTEGER
) STRICT;
CREATE INDEX mediator_area ON mediator (area);
CREATE INDEX mediator_town ON mediator (town);
CREATE INDEX mediator_comm ON mediator (comm);
CREATE INDEX mediator_org ON mediator (org);
CREATE UNIQUE INDEX mediator_staff ON mediator (staff);
CREATE INDEX mediator_studio ON mediator (studio);

CREATE TABLE household (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  address BLOB, address_bi BLOB, size INTEGER, risk TEXT, notes BLOB
) STRICT;
CREATE INDEX household_area ON household (area);
CREATE INDEX household_town ON household (town);
CREATE INDEX household_comm ON household (comm);
CREATE INDEX household_org ON household (org);
CREATE INDEX household_creator ON household (creator);
CREATE INDEX household_address_bi ON household (address_bi);
CREATE INDEX household_risk ON household (risk);
CREATE INDEX household_owner ON household (owner);

CREATE TABLE person (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  name BLOB, name_bi BLOB, sex TEXT, birth INTEGER, idpaper TEXT, idno BLOB, idno_bi BLOB, phone BLOB, phone_bi BLOB,
  household INTEGER, kin TEXT, status TEXT, marital TEXT, ethnicity TEXT, education TEXT, occupation TEXT, health TEXT,
  workplace BLOB, notes BLOB
) STRICT;
CREATE INDEX person_area ON person (area);
CREATE INDEX person_town ON person (town);
CREATE INDEX person_comm ON person (comm);
CREATE INDEX person_org ON person (org);
CREATE INDEX person_creator ON person (creator);
CREATE INDEX person_name_bi ON person (name_bi);
CREATE INDEX person_idno_bi ON person (idno_bi);
CREATE INDEX person_phone_bi ON person (phone_bi);
CREATE INDEX person_household ON person (household);
CREATE INDEX person_owner ON person (owner);
