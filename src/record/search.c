/* Why: narratives are encrypted on disk, so the index must not give their words away: each token goes through a keyed
 * hash before it reaches SQLite's FTS5 or PostgreSQL's GIN index.  What leaks: how often equal hashes occur together.
 * Invariants: one index table search_TABLE for each type with FF_SEARCH fields; its text is a function of the record. */
#include "record/inner.h"
#include "text/text.h"

struct tokens {
	struct ctx *c;
	struct buf b, singles;   /* single characters stand behind the rest, so that bigrams stay neighbours */
	const char *sep;
	bool indexing;
	int n;
};

static void put_token(void *arg, struct str token)
{
	struct tokens *t = arg;
	static const char digit[33] = "abcdefghijklmnopqrstuvwxyz234567";
	uint64_t h = token_blind(t->c->app->keys, token);
	char out[8];
	for (int i = 0; i < 8; i++, h >>= 5)
		out[i] = digit[h & 31];
	if (t->indexing && str_starts(token, "1:")) {
		buf_char(&t->singles, ' ');
		buf_put(&t->singles, out, sizeof out);
		return;
	}
	if (t->n++)
		buf_cstr(&t->b, t->sep);
	buf_put(&t->b, out, sizeof out);
}

static struct str index_text(struct ctx *c, const struct rec *r)
{
	struct tokens t = { .c = c, .b = BUF((size_t)8 << 20), .singles = BUF((size_t)8 << 20), .sep = " ", .indexing = true };
	for (size_t i = 0; i < r->t->nfields; i++)
		if ((r->t->fields[i].flags & FF_SEARCH) && r->v[i].set)
			text_tokens(c->a, value_text(c, r, (int)i), true, put_token, &t);
	buf_str(&t.b, buf_view(&t.singles));
	struct str s = arena_str(c->a, buf_view(&t.b));
	buf_free(&t.b);
	buf_free(&t.singles);
	return s;
}

enum err search_index(struct ctx *c, const struct plan *p, const struct rec *old, const struct rec *now)
{
	if (!type_searches(p->t))
		return OK;
	bool changed = !old;
	for (size_t i = 0; i < p->t->nfields; i++)
		if (old && (p->t->fields[i].flags & FF_SEARCH) && rec_changed(c, old, now, p->t->fields[i].name))
			changed = true;
	if (!changed)
		return OK;
	struct str text = index_text(c, now);
	if (db_is_postgres(c->db))
		return db_exec(c->db, c->f, arena_printf(c->a, "INSERT INTO search_%s (id, t) VALUES (?, to_tsvector('simple', ?)) ON CONFLICT (id) DO UPDATE SET t = EXCLUDED.t", p->table),
			       ARGS(VI(now->id), VS(text)), NULL);
	if (old)
		TRY(db_exec(c->db, c->f, arena_printf(c->a, "INSERT INTO search_%s (search_%s, rowid, t) VALUES ('delete', ?, ?)", p->table, p->table),
			    ARGS(VI(old->id), VS(index_text(c, old))), NULL));
	return db_exec(c->db, c->f, arena_printf(c->a, "INSERT INTO search_%s (rowid, t) VALUES (?, ?)", p->table), ARGS(VI(now->id), VS(text)), NULL);
}

struct str search_query(struct ctx *c, struct str words)
{
	bool pg = db_is_postgres(c->db);
	BUF_AUTO all = BUF(65536);
	struct str rest = str_trim(utf8_head(words, 100));
	/* Words apart are AND-ed; the tokens of one word are a phrase. */
	while (rest.p) {
		struct str w = str_trim(str_cut(rest, ' ', &rest));
		if (!w.n)
			continue;
		struct tokens t = { .c = c, .b = BUF(65536), .singles = BUF(16), .sep = pg ? " <-> " : " " };
		text_tokens(c->a, w, false, put_token, &t);
		if (t.n) {
			if (all.n)
				buf_cstr(&all, pg ? " & " : " AND ");
			buf_cstr(&all, pg ? "(" : "\"");
			buf_str(&all, buf_view(&t.b));
			buf_cstr(&all, pg ? ")" : "\"");
		}
		buf_free(&t.b);
	}
	return all.n && !all.over ? arena_str(c->a, buf_view(&all)) : STR_NONE;
}
