-- Performance of an agreement's terms (src/absorb/duty.c): what kind, how often, what was done of it, and what followed a broken one.

ALTER TABLE duty ADD COLUMN kind TEXT;
ALTER TABLE duty ADD COLUMN every TEXT;
ALTER TABLE duty ADD COLUMN until INTEGER;
ALTER TABLE duty ADD COLUMN first_on INTEGER;
ALTER TABLE duty ADD COLUMN nth INTEGER;
ALTER TABLE duty ADD COLUMN followed INTEGER;
ALTER TABLE duty ADD COLUMN paid INTEGER;
ALTER TABLE duty ADD COLUMN broken_at INTEGER;
ALTER TABLE duty ADD COLUMN pursue TEXT;
ALTER TABLE duty ADD COLUMN pursue_on INTEGER;
CREATE INDEX duty_state_due ON duty (state, due_on);
