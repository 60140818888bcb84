-- Who writes by WeChat (src/portal/wechat.c): of an openid and of a message's number only a keyed hash. A talk is the clue that the next
-- words belong to.

CREATE TABLE wechat_talk (who BLOB PRIMARY KEY, clue INTEGER NOT NULL, ms INTEGER NOT NULL) STRICT;

CREATE TABLE wechat_seen (msg BLOB PRIMARY KEY, ms INTEGER NOT NULL) STRICT;
CREATE INDEX wechat_seen_ms ON wechat_seen (ms);
