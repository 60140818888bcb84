-- The page of a case asks whether it has conflicts of interest.
CREATE INDEX conflict_parent ON conflict (parent);
