-- Each page says how many notices are unread: counted from an index of those alone, not from all that were ever sent.
CREATE INDEX notice_new ON notice (who, org) WHERE seen = 0;
