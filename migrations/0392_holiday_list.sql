-- Holidays of a year as they were entered (src/people/holiday.c); what is in force stands in setting "holidays" (src/record/holidays.c).

CREATE TABLE holiday_list (
  id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
  town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, extra TEXT,
  year INTEGER, basis TEXT, lines TEXT, off INTEGER, worked INTEGER, note TEXT
) STRICT;
