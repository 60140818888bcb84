-- Of whom a court asks it: whose time runs until somebody is named (src/absorb/commission.c).

ALTER TABLE commission ADD COLUMN fed INTEGER;
