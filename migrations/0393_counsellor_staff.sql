-- Whom somebody counsels, for handing over all of it (src/absorb/handover.c).

CREATE INDEX counsellor_staff ON counsellor (staff);
