-- Which state the numbers of the staff, of their kin and of their households are in: a random mark, another one with each change that may
-- add to them (src/people/numbers.c). What a process knows of them by heart holds under the mark it was read under.
CREATE TABLE staff_numbers (id INTEGER PRIMARY KEY, mark INTEGER NOT NULL) STRICT;
INSERT INTO staff_numbers (id, mark) VALUES (1, 0);
