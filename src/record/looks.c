/* Why: who looks at what she has no business with is found by the journal, if somebody can read it: here it is counted.
 * Invariants: only the span that is asked for is read; nothing of the records themselves. */
#include "record/inner.h"

static enum err looks_of(struct ctx *c, const char *sql, const struct val *args, size_t nargs, struct journal_look **v, size_t *n, size_t *cap)
{
	ROWS q = NULL;
	bool more;
	TRY(db_rows(c->db, c->f, sql, args, nargs, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			return OK;
		struct journal_look l = { .user = rows_int(q, 0), .org = rows_int(q, 1), .role = arena_str(c->a, rows_text(q, 2)), .verb = arena_str(c->a, rows_text(q, 3)),
				  .reason = arena_str(c->a, rows_text(q, 4)), .n = rows_int(q, 5), .first = rows_int(q, 6), .last = rows_int(q, 7) };
		VEC_PUSH(c->a, *v, *n, *cap, l);
	}
}

#define LOOKS "SELECT actor, org, role, verb, reason, CAST(COUNT(*) AS INTEGER), MIN(ms), MAX(ms) FROM journal WHERE rid = ? AND type = ? AND "
#define EACH " GROUP BY actor, org, role, verb, reason ORDER BY MAX(ms) DESC LIMIT 200"

enum err journal_looks(struct ctx *c, const char *type, int64_t rid, struct journal_look **ret, size_t *ret_n)
{
	struct journal_look *v = NULL;
	size_t n = 0, cap = 0;
	/* Two questions, for each has its own index. */
	TRY(looks_of(c, LOOKS "verb = 'view'" EACH, ARGS(VI(rid), VS(str_of(type))), &v, &n, &cap));
	TRY(looks_of(c, LOOKS "verb <> 'view' AND verb IN ('reveal', 'print', 'export', 'fetch')" EACH, ARGS(VI(rid), VS(str_of(type))), &v, &n, &cap));
	for (size_t i = 0; i < n; i++) {
		v[i].name = v[i].user ? ref_label(c, "staff", v[i].user) : STR("");
		v[i].unit = v[i].org ? ref_label(c, "org", v[i].org) : STR("");
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err journal_counts(struct ctx *c, int64_t from_ms, int64_t to_ms, struct journal_count **ret, size_t *ret_n)
{
	struct journal_count *v = NULL;
	size_t n = 0, cap = 0;
	int64_t from, to;
	ROWS q = NULL;
	bool more;
	TRY(journal_seq_at(c, from_ms, &from));
	TRY(journal_seq_at(c, to_ms, &to));
	/* Of a refused log-in the person is the one whose account was tried: its rid. */
	TRY(db_rows(c->db, c->f,
		    "SELECT actor, org, role, CASE WHEN type = 'glass' AND verb = 'create' THEN 'glass' ELSE verb END, outcome, ms / 3600000, CASE WHEN verb = 'login' AND actor = 0 THEN rid ELSE 0 END, CAST(COUNT(*) AS INTEGER) FROM journal "
		    "WHERE seq >= ? AND seq < ? GROUP BY 1, 2, 3, 4, 5, 6, 7",
		    ARGS(VI(from), VI(to)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct journal_count k = { .user = rows_int(q, 0), .org = rows_int(q, 1), .role = arena_str(c->a, rows_text(q, 2)), .verb = arena_str(c->a, rows_text(q, 3)),
					   .outcome = arena_str(c->a, rows_text(q, 4)), .hour = rows_int(q, 5), .rid = rows_int(q, 6), .n = rows_int(q, 7) };
		VEC_PUSH(c->a, v, n, cap, k);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}

enum err journal_pairs(struct ctx *c, int64_t from_ms, int64_t to_ms, int max, struct journal_pair **ret, size_t *ret_n)
{
	struct journal_pair *v = NULL;
	size_t n = 0, cap = 0;
	int64_t from, to;
	ROWS q = NULL;
	bool more;
	TRY(journal_seq_at(c, from_ms, &from));
	TRY(journal_seq_at(c, to_ms, &to));
	TRY(db_rows(c->db, c->f,
		    "SELECT actor, rid, type, role, CAST(COUNT(*) AS INTEGER), MAX(ms) FROM journal WHERE seq >= ? AND seq < ? AND verb IN ('view', 'reveal', 'fetch') AND rid > 0 AND actor > 0 "
		    "GROUP BY actor, rid, type, role ORDER BY COUNT(*) DESC, MAX(ms) DESC LIMIT ?",
		    ARGS(VI(from), VI(to), VI(max)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct journal_pair p = { .user = rows_int(q, 0), .rid = rows_int(q, 1), .type = arena_str(c->a, rows_text(q, 2)), .role = arena_str(c->a, rows_text(q, 3)),
					  .n = rows_int(q, 4), .last = rows_int(q, 5) };
		VEC_PUSH(c->a, v, n, cap, p);
	}
	*ret = v;
	*ret_n = n;
	return OK;
}
