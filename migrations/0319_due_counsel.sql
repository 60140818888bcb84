-- Terms of counselling whose end lies in a period (src/report/work.c): those that were met are in no other index.
CREATE INDEX due_counsel ON due (due) WHERE type = 'counsel';
