/* Why: narratives are encrypted on disk, so the index must not give their words away: each token goes through a keyed
 * hash before it reaches SQLite's FTS5 or PostgreSQL's GIN index.  What leaks: how often equal hashes occur together.
 * Who may see a record stands beside its words as further tokens (place, unit, owner, maker), so that a common word in one
 * community costs what the community holds, not what the city says.
 * Invariants: one index table search_TABLE for each type with FF_SEARCH fields; its text is a function of the record. */
#include "record/inner.h"
#include "text/text.h"
#include <stdlib.h>

struct tokens {
	struct ctx *c;
	struct buf b, singles;   /* single characters stand behind the rest, so that bigrams stay neighbours */
	const char *sep;
	bool indexing;
	int n;
};

/* No "e": PostgreSQL's parser takes 2e7iwpu5 for a number and a word behind it, and a phrase with it finds nothing. */
void token_letters(uint64_t h, char ret[8])
{
	static const char digit[33] = "abcdfghijklmnopqrstuvwxyz2345678";
	for (int i = 0; i < 8; i++, h >>= 5)
		ret[i] = digit[h & 31];
}

static void put_token(void *arg, struct str token)
{
	struct tokens *t = arg;
	char out[8];
	token_letters(token_blind(t->c->app->keys, token), out);
	if (t->indexing && str_starts(token, "1:")) {
		buf_char(&t->singles, ' ');
		buf_put(&t->singles, out, sizeof out);
		return;
	}
	if (t->n++)
		buf_cstr(&t->b, t->sep);
	buf_put(&t->b, out, sizeof out);
}

#define FORM STR("4")     /* of the text below; raise it when that changes */

/* No word of a text holds a colon behind one letter: these never meet the words' tokens. */
static struct str mark(struct ctx *c, char what, struct str v) { return arena_fmt(c->a, "%c:%.*s", what, (int)v.n, v.p ? v.p : ""); }
static struct str mark_id(struct ctx *c, char what, int64_t id) { return arena_fmt(c->a, "%c:%lld", what, (long long)id); }
static struct str head(struct str s, size_t n) { return s.n > n ? (struct str){ s.p, n } : s; }

static void put_marks(struct ctx *c, const struct rec *r, struct tokens *t)
{
	struct tokens end = { .c = c, .b = t->singles, .sep = " ", .n = 1 };
	if (r->area.n >= 9)
		put_token(&end, mark(c, 't', head(r->area, 9)));
	if (r->area.n >= 12)
		put_token(&end, mark(c, 'm', head(r->area, 12)));
	if (r->org)
		put_token(&end, mark_id(c, 'o', r->org));
	if (r->owner)
		put_token(&end, mark_id(c, 'w', r->owner));
	if (r->creator)
		put_token(&end, mark_id(c, 'c', r->creator));
	if (access_root(r->t, r))
		put_token(&end, mark_id(c, 'r', access_root(r->t, r)));
	t->singles = end.b;
}

static struct str index_text(struct ctx *c, const struct rec *r)
{
	struct tokens t = { .c = c, .b = BUF((size_t)8 << 20), .singles = BUF((size_t)8 << 20), .sep = " ", .indexing = true };
	for (size_t i = 0; i < r->t->nfields; i++)
		if ((r->t->fields[i].flags & FF_SEARCH) && r->v[i].set)
			text_tokens(c->a, value_text(c, r, (int)i), true, put_token, &t);
	put_marks(c, r, &t);
	buf_str(&t.b, buf_view(&t.singles));
	struct str s = arena_str(c->a, buf_view(&t.b));
	buf_free(&t.b);
	buf_free(&t.singles);
	return s;
}

void search_plan(struct plan *p, bool postgres)
{
	if (!type_searches(p->t))
		return;
	BUF_AUTO put = BUF(1024), take = BUF(1024);
	if (postgres)
		buf_printf(&put, "INSERT INTO search_%s (id, t) VALUES (?, to_tsvector('simple', ?)) ON CONFLICT (id) DO UPDATE SET t = EXCLUDED.t", p->table);
	else
		buf_printf(&put, "INSERT INTO search_%s (rowid, t) VALUES (?, ?)", p->table);
	buf_printf(&take, "INSERT INTO search_%s (search_%s, rowid, t) VALUES ('delete', ?, ?)", p->table, p->table);
	p->words_put = xstrdup(put.p);
	p->words_take = xstrdup(take.p);
}

struct str search_text(struct ctx *c, const struct plan *p, const struct rec *old, const struct rec *now)
{
	if (!p->words_put)
		return STR_NONE;
	bool changed = !old || old->org != now->org || old->owner != now->owner || !str_eq(old->area, now->area);
	for (size_t i = 0; i < p->t->nfields; i++)
		if (old && (p->t->fields[i].flags & FF_SEARCH) && rec_changed(c, old, now, p->t->fields[i].name))
			changed = true;
	if (!changed)
		return STR_NONE;
	struct str known = ahead_words(c, now);
	return known.p ? known : index_text(c, now);
}

/* SQLite's index is made for rising rows: each that is not above the one before, and each savepoint, makes it write what it
 * has in memory as a segment of its own, to be merged later. So the words of a commit go in together and in order. */
struct words { const struct plan *p; int64_t id; size_t place; struct str was, is; };

static int by_row(const void *a, const void *b)
{
	const struct words *x = *(const struct words *const *)a, *y = *(const struct words *const *)b;
	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

static enum err words_write(struct db *d, struct fault *f, const struct words *w)
{
	if (w->was.p)
		TRY(db_exec(d, f, w->p->words_take, ARGS(VI(w->id), VS(w->was)), NULL));
	return db_exec(d, f, w->p->words_put, ARGS(VI(w->id), VS(w->is)), NULL);
}

static enum err words_flush(struct db *d, void *const *item, size_t n, struct fault *f)
{
	ARENA a = arena_new(0);
	struct words **v = NEWN(a, struct words *, n);
	for (size_t i = 0; i < n; i++) {
		v[i] = item[i];
		v[i]->place = i;
	}
	qsort(v, n, sizeof *v, by_row);
	for (size_t i = 0; i < n; i++)
		TRY(words_write(d, f, v[i]));
	return OK;
}

static const struct later words_later = { words_flush };
#define WORDS_WAIT ((size_t)16 << 20)   /* bytes kept; a job of many thousand records writes its words as they come */

enum err search_settle(struct ctx *c) { return db_settle(c->db, &words_later, c->f); }

enum err search_index(struct ctx *c, const struct plan *p, const struct rec *old, const struct rec *now)
{
	struct words w = { .p = p, .id = now->id, .is = search_text(c, p, old, now) };
	if (!w.is.p)
		return OK;
	if (old && !db_is_postgres(c->db)) {
		w.was = ahead_words_was(c, old);
		if (!w.was.p)
			w.was = index_text(c, old);
	}
	if (db_later_bytes(c->db) > WORDS_WAIT) {
		TRY(search_settle(c));
		return words_write(c->db, c->f, &w);
	}
	struct words *kept = db_later(c->db, &words_later, sizeof *kept);
	*kept = w;
	kept->was = db_later_str(c->db, w.was);
	kept->is = db_later_str(c->db, w.is);
	return OK;
}

/* ---- asking ---- */

struct narrow { struct buf b; size_t n; bool pg; };

static void narrow_to(struct ctx *c, struct narrow *n, struct str token)
{
	struct tokens t = { .c = c, .b = BUF(64), .singles = BUF(16), .sep = "" };
	put_token(&t, token);
	buf_printf(&n->b, n->pg ? "%s%.*s" : "%s\"%.*s\"", n->n++ ? (n->pg ? " | " : " OR ") : "", (int)t.b.n, t.b.p);
	buf_free(&t.b);
}

/* Records of a team are named while that costs less than going through every hit of a common word: SQLite looks each of them up in each
 * piece of its index (5 us), PostgreSQL's planner reads a query of many words slowly. */
#define ROOTS_MAX 1024
#define ROOTS_FEW 64
#define LOOKUPS_MAX 2048

static enum err pieces(struct ctx *c, const char *table, int64_t *ret)
{
	return db_int(c->db, c->f, arena_printf(c->a, "WITH RECURSIVE s (x) AS (SELECT MIN(segid) FROM search_%s_idx UNION ALL "
		      "SELECT (SELECT MIN(segid) FROM search_%s_idx WHERE segid > s.x) FROM s WHERE s.x IS NOT NULL) SELECT COUNT(x) FROM s", table, table), NOARGS, ret, NULL);
}

static bool roots_named(struct ctx *c, const char *table, size_t n)
{
	int64_t each = 0;
	if (n <= ROOTS_FEW)
		return true;
	return !db_is_postgres(c->db) && n <= ROOTS_MAX && pieces(c, table, &each) == OK && (int64_t)n * each <= LOOKUPS_MAX;
}

static void narrow_roots(struct ctx *c, struct narrow *n, const char *table, unsigned bit)
{
	int64_t v[ROOTS_MAX];
	size_t all = access_roots(c, bit, v, ROOTS_MAX);
	bool named = roots_named(c, table, all);
	for (size_t i = 0; named && i < all; i++)
		narrow_to(c, n, mark_id(c, 'r', v[i]));
}

struct str search_narrow(struct ctx *c, const char *table, const struct part *p)
{
	static const struct { const char *col; char mark; } marks[] = { { "town", 't' }, { "comm", 'm' }, { "org", 'o' }, { "owner", 'w' }, { "creator", 'c' } };
	struct narrow n = { .b = BUF(32768), .pg = db_is_postgres(c->db) };
	buf_cstr(&n.b, n.pg ? " & (" : " AND (");
	if (p->bit)
		narrow_roots(c, &n, table, p->bit);
	for (size_t i = 0; p->col && !p->bit && i < ARRAY_LEN(marks); i++)
		if (strcmp(p->col, marks[i].col) == 0)
			narrow_to(c, &n, p->args[0].t == V_INT ? mark_id(c, marks[i].mark, p->args[0].i) : mark(c, marks[i].mark, p->args[0].s));
	buf_char(&n.b, ')');
	struct str s = n.n ? arena_str(c->a, buf_view(&n.b)) : STR_NONE;
	must(!n.b.over);
	buf_free(&n.b);
	return s;
}

struct str search_words(struct ctx *c, const struct see *s)
{
	bool pg = db_is_postgres(c->db);
	BUF_AUTO all = BUF(65536);
	struct str rest = str_trim(utf8_head(s->words, 100));
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
	return all.over || !all.n ? STR_NONE : arena_str(c->a, buf_view(&all));
}

/* ---- making anew ---- */

static enum err renew_type(struct ctx *c, const struct plan *p)
{
	ROWS r = NULL;
	bool more;
	ARENA a = arena_new(0);
	struct ctx in = *c;
	in.a = a;
	TRY(db_exec(c->db, c->f,
		    db_is_postgres(c->db) ? arena_printf(c->a, "DELETE FROM search_%s", p->table) : arena_printf(c->a, "INSERT INTO search_%s (search_%s) VALUES ('delete-all')", p->table, p->table),
		    NOARGS, NULL));
	TRY(db_rows(c->db, c->f, arena_printf(c->a, "%s ORDER BY r.id", p->select_all), NOARGS, &r));
	for (;;) {
		TRY(rows_next(r, &more));
		if (!more)
			return OK;
		arena_reset(a);
		struct rec *rec = rec_of_row(&in, p, r, true);
		TRY(search_index(&in, p, NULL, rec));
	}
}

static enum err renew_all(struct ctx *c, void *arg)
{
	(void)arg;
	for (const struct plan *p = c->app->plans; p->t; p++)
		if (type_searches(p->t))
			TRY(renew_type(c, p));
	return db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('search_form', ?, ?) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
		       ARGS(VS(FORM), VI(c->now)), NULL);
}

enum err search_renew(struct ctx *c)
{
	int64_t same = 0;
	TRY(db_int(c->db, c->f, "SELECT 1 FROM setting WHERE name = 'search_form' AND value = ?", ARGS(VS(FORM)), &same, NULL));
	return same ? OK : ctx_write(c, renew_all, NULL);
}

/* ---- in few pieces ---- */

#define STEP_PAGES 64           /* a few milliseconds of the writer */
#define TURN_MS (2 * MS_SECOND) /* of the jobs' time at once */

struct merge { const char *table; int64_t pages; bool more; };

static enum err changed(struct ctx *c, int64_t *ret) { return db_int(c->db, c->f, "SELECT total_changes()", NOARGS, ret, NULL); }

static enum err merge_some(struct ctx *c, void *arg)
{
	struct merge *m = arg;
	int64_t before = 0, after = 0;
	TRY(changed(c, &before));
	TRY(db_exec(c->db, c->f, arena_printf(c->a, "INSERT INTO search_%s (search_%s, rank) VALUES ('merge', ?)", m->table, m->table), ARGS(VI(m->pages)), NULL));
	TRY(changed(c, &after));
	m->more = after - before >= 2;      /* what SQLite says of an index in which nothing was left to join */
	return OK;
}

static enum err merge_from_two(struct ctx *c, void *arg)
{
	const char *table = arg;
	return db_exec(c->db, c->f, arena_printf(c->a, "INSERT INTO search_%s (search_%s, rank) VALUES ('usermerge', 2)", table, table), NOARGS, NULL);
}

/* The small pieces of the day are joined among themselves, and all into one when they hold an eighth of the big one: so what is written for a
 * word stays bounded, and the pieces few. */
static enum err merge_plan(struct ctx *c, const char *table, struct merge *ret)
{
	int64_t all = 0, big = 0;
	TRY(db_int(c->db, c->f, arena_printf(c->a, "SELECT COUNT(*) FROM search_%s_idx", table), NOARGS, &all, NULL));
	TRY(db_int(c->db, c->f, arena_printf(c->a, "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM search_%s_idx GROUP BY segid) x", table), NOARGS, &big, NULL));
	*ret = (struct merge){ table, all - big > big / 8 ? -STEP_PAGES : STEP_PAGES, true };
	return OK;
}

enum err search_tidy(struct ctx *c, int64_t ms, bool *ret_more)
{
	int64_t until = mono_us() / 1000 + ms;
	*ret_more = false;
	for (const struct plan *p = c->app->plans; p->t && !db_is_postgres(c->db); p++) {
		struct merge m;
		if (!type_searches(p->t))
			continue;
		TRY(merge_plan(c, p->table, &m));
		TRY(ctx_write(c, merge_from_two, (void *)(uintptr_t)p->table));
		while (m.more) {
			TRY(ctx_write(c, merge_some, &m));
			if ((*ret_more = m.more && mono_us() / 1000 > until))
				return OK;
		}
	}
	return OK;
}

static enum err go_on(struct ctx *c, void *arg)
{
	(void)arg;
	return job_put(c, "search_merge", STR(""), now_ms() + MS_SECOND);
}

enum err search_tidy_job(struct ctx *c, struct str arg)
{
	bool more = false;
	(void)arg;
	TRY(search_tidy(c, TURN_MS, &more));
	return more ? ctx_write(c, go_on, NULL) : OK;
}
