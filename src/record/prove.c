/* Why: whoever doubts the journal must be able to check it with what he holds: all of it, a part, or two heads.
 * Invariants: nothing here writes an entry but the outcome of a verification; memory stays small however long the journal. */
#include "record/inner.h"
#include "tree/tree.h"
#include <stdio.h>

/* ---- verifying ---- */

struct mark { int64_t size, number; unsigned char root[32]; };
struct verifying { struct merkle m; struct journal_report rep; struct mark *marks; size_t nmarks, next; };

static void found(struct journal_report *r, const char *why, int64_t bad_seq, int64_t number)
{
	if (r->why)
		return;
	r->why = why;
	r->bad_seq = bad_seq;
	snprintf(r->arg, sizeof r->arg, "%lld", (long long)number);
}

/* Signed heads in order of size; their numbers and signatures are checked as they are read. A backup is looked through where the key
 * is not: then the heads must still fit each other and the entries. */
static enum err read_marks(struct ctx *c, struct verifying *v)
{
	ROWS q = NULL;
	size_t cap = 0;
	unsigned char pub[32];
	bool more;
	int64_t before = 0;
	if (c->app->keys)
		head_public_key(c->app->keys, pub);
	TRY(db_rows(c->db, c->f, "SELECT number, size, ms, root, signature FROM journal_sth ORDER BY number", NOARGS, &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct mark k = { .number = rows_int(q, 0), .size = rows_int(q, 1) };
		struct str root = rows_blob(q, 3), sig = rows_blob(q, 4);
		if (k.number != v->rep.heads + 1)
			found(&v->rep, N_("Signed head %s is missing."), 0, v->rep.heads + 1);
		else if (root.n != 32 || sig.n != 64 || k.size < before ||
			 (c->app->keys && !head_check(pub, (uint64_t)k.size, (const unsigned char *)root.p, rows_int(q, 2), (const unsigned char *)sig.p)))
			found(&v->rep, N_("Signed head %s was altered: its signature is false."), 0, k.number);
		v->rep.heads = k.number;
		before = k.size;
		if (root.n == 32)
			memcpy(k.root, root.p, 32);
		VEC_PUSH(c->a, v->marks, v->nmarks, cap, k);
	}
	return OK;
}

static enum err verify_row(void *arg, const struct journal_row *r, struct str kept, const unsigned char *leaf)
{
	struct verifying *v = arg;
	if ((uint64_t)r->seq != v->m.size + 1)
		found(&v->rep, N_("Entry %s is missing."), (int64_t)v->m.size + 1, (int64_t)v->m.size + 1);
	else if (!secret_eq(kept, (struct str){ (const char *)leaf, 32 }))
		found(&v->rep, N_("Entry %s was altered."), r->seq, r->seq);
	merkle_add(&v->m, leaf);
	for (; v->next < v->nmarks && (uint64_t)v->marks[v->next].size <= v->m.size; v->next++) {
		unsigned char root[32];
		merkle_root(&v->m, root);
		if ((uint64_t)v->marks[v->next].size != v->m.size || memcmp(root, v->marks[v->next].root, 32) != 0)
			found(&v->rep, N_("The entries do not give the root that signed head %s had: the journal was made anew."), 0, v->marks[v->next].number);
	}
	return OK;
}

static enum err verify(struct ctx *c, struct journal_report *ret)
{
	struct verifying v = { 0 };
	struct merkle head = { 0 };
	ROWS h = NULL;
	bool more;
	TRY(journal_settle(c));
	TRY(db_rows(c->db, c->f, "SELECT peaks FROM journal_head WHERE id = 1", NOARGS, &h));
	TRY(rows_next(h, &more));
	/* No peaks: the empty log, which fits only when there is no leaf. */
	if (!more || (rows_blob(h, 0).n && merkle_load(&head, rows_blob(h, 0), NULL) != OK))
		found(&v.rep, N_("The head of the journal cannot be read."), 0, 0);
	rows_end(h);
	h = NULL;
	TRY(read_marks(c, &v));
	TRY(journal_walk(c, 1, INT64_MAX, verify_row, &v));
	unsigned char want[32];
	merkle_root(&v.m, v.rep.root);
	merkle_root(&head, want);
	v.rep.size = v.m.size;
	if (head.size != v.m.size)
		found(&v.rep, N_("The head of the journal counts %s entries; there are more or fewer."), (int64_t)v.m.size, (int64_t)head.size);
	else if (memcmp(want, v.rep.root, 32) != 0)
		found(&v.rep, N_("The head of the journal does not fit its %s entries."), (int64_t)v.m.size, (int64_t)v.m.size);
	if (v.next < v.nmarks)
		found(&v.rep, N_("Entries are missing at the end: signed head %s stands for more than there are."), (int64_t)v.m.size, v.marks[v.next].number);
	*ret = v.rep;
	return OK;
}

enum err journal_verify(struct ctx *c, struct journal_report *ret)
{
	TRY(db_read_begin(c->db, c->f));   /* entries that come meanwhile belong to the next one */
	enum err e = verify(c, ret);
	db_read_end(c->db);
	return e;
}

/* ---- the verification as a job ---- */

struct outcome { struct journal_report j; struct rows_report r; };

static enum err keep_outcome(struct ctx *c, void *arg)
{
	const struct outcome *o = arg;
	const struct journal_report *r = &o->j;
	struct str v = arena_fmt(c->a, "%lld %d %llu %lld %lld %lld %lld", (long long)now_ms(), r->why == NULL, (unsigned long long)r->size, (long long)r->heads, (long long)r->bad_seq,
				 (long long)o->r.records, (long long)o->r.wrong);
	TRY(db_exec(c->db, c->f, "INSERT INTO setting (name, value, updated) VALUES ('journal_verified', ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated = excluded.updated",
		    ARGS(VS(v), VI(now_ms())), NULL));
	TRY(journal_note(c, "verify", "journal", 0, r->why ? "bad" : "ok",
			 arena_fmt(c->a, "{\"size\":%llu,\"heads\":%lld,\"bad\":%lld}", (unsigned long long)r->size, (long long)r->heads, (long long)r->bad_seq)));
	BUF_AUTO first = BUF(1024);
	json_str(&first, str_of(o->r.first));
	return journal_note(c, "verify", "record", 0, o->r.wrong ? "bad" : "ok",
			    arena_fmt(c->a, "{\"records\":%lld,\"wrong\":%lld,\"first\":%.*s}", (long long)o->r.records, (long long)o->r.wrong, (int)first.n, first.p));
}

enum err verify_job(struct ctx *c, struct str arg)
{
	struct outcome o;
	(void)arg;
	TRY(journal_verify(c, &o.j));
	TRY(record_verify(c, NULL, &o.r));
	return ctx_write(c, keep_outcome, &o);
}

enum err verified_last(struct ctx *c, struct verified *ret)
{
	struct str rest;
	int64_t v[7] = { 0 };
	*ret = (struct verified){ 0 };
	TRY(setting_text(c, "journal_verified", &rest));
	if (!rest.p)
		return OK;
	for (size_t i = 0; i < ARRAY_LEN(v) && rest.p; i++)
		(void)str_int(str_cut(rest, ' ', &rest), &v[i]);
	*ret = (struct verified){ .ms = v[0], .good = v[1] == 1, .size = v[2], .heads = v[3], .bad_seq = v[4], .records = v[5], .wrong = v[6], .found = true };
	return OK;
}

/* ---- the clock (S47) ---- */

/* What NTP does to a clock in a few seconds is no news. */
#define BACK_MS (2 * MS_SECOND)
#define AHEAD_MS (10 * MS_MINUTE)

enum err clock_watch(struct ctx *c)
{
	struct app *app = c->app;
	int64_t wall = now_ms(), mono = mono_ms(), off = 0;
	if (app->watched.mono) {
		off = wall - app->watched.wall - (mono - app->watched.mono);
	} else {
		int64_t ms = 0;
		TRY(ctx_read(c));
		TRY(db_int(c->db, c->f, "SELECT ms FROM journal ORDER BY seq DESC LIMIT 1", NOARGS, &ms, NULL));
		off = ms > wall ? wall - ms : 0;
	}
	app->watched.wall = wall;
	app->watched.mono = mono;
	if (off >= -BACK_MS && off <= AHEAD_MS)
		return OK;
	c->now = wall;
	return journal_note(c, "clock", "", 0, off < 0 ? "back" : "ahead", arena_fmt(c->a, "{\"seconds\":%lld}", (long long)(off / MS_SECOND)));
}

/* ---- proofs from the store ---- */

/* Roots of ranges of one tree, each computed once: a leaf is read again at most eight times. */
struct source { struct ctx *c; struct map *known; };
#define BLOCK 256

static bool source_block(struct source *s, uint64_t lo, uint64_t hi, tree_hash ret)
{
	struct merkle m = { 0 };
	ROWS q = NULL;
	bool more = false;
	if (db_rows(s->c->db, s->c->f, "SELECT leaf FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq", ARGS(VI((int64_t)lo), VI((int64_t)hi)), &q) != OK)
		return false;
	while (rows_next(q, &more) == OK && more && rows_blob(q, 0).n == 32)
		merkle_add(&m, (const unsigned char *)rows_blob(q, 0).p);
	if (more || m.size != hi - lo)
		return false;
	merkle_root(&m, ret);
	return true;
}

static bool source_range(void *arg, uint64_t lo, uint64_t hi, tree_hash ret)
{
	struct source *s = arg;
	/* In one tree a first leaf and a height name one node; a node at the right edge is as high as a full one of its size rounded up. */
	int64_t key = (int64_t)(lo << 6 | (uint64_t)(hi - lo > 1 ? 64 - __builtin_clzll(hi - lo - 1) : 0));
	unsigned char *kept = map_geti(s->known, key), l[32], r[32];
	if (!kept) {
		uint64_t mid = hi - lo > 1 ? lo + tree_split(hi - lo) : hi;
		kept = arena_alloc(s->c->a, 32);
		if (hi - lo <= BLOCK) {
			if (!source_block(s, lo, hi, kept))
				return false;
		} else {
			if (!source_range(arg, lo, mid, l) || !source_range(arg, mid, hi, r))
				return false;
			tree_node(l, r, kept);
		}
		map_puti(s->known, key, kept);
	}
	memcpy(ret, kept, 32);
	return true;
}

static void put_path(struct buf *b, tree_hash *path, int n)
{
	buf_char(b, '[');
	for (int i = 0; i < n; i++) {
		buf_cstr(b, i ? ",\"" : "\"");
		hex_put(b, path[i], 32);
		buf_char(b, '"');
	}
	buf_char(b, ']');
}

/* ---- export ---- */

struct exporting { struct ctx *c; int64_t from, to, since, size; bool part; struct source src; struct buf line; enum err (*put)(void *, struct str); void *arg; };

static enum err flush(struct exporting *x)
{
	buf_char(&x->line, '\n');
	if (x->line.over)
		return fail(x->c->f, ERR_LIMIT, NULL, "a line of the export is too long");
	enum err e = x->put(x->arg, buf_view(&x->line));
	buf_reset(&x->line);
	return e;
}

static enum err export_row(void *arg, const struct journal_row *r, struct str kept, const unsigned char *leaf)
{
	struct exporting *x = arg;
	struct buf *b = &x->line;
	(void)leaf;    /* as it stands in the store: the verifier says what it should be */
	const struct { const char *name; int64_t v; } ints[] = { { "format", r->format }, { "ms", r->ms }, { "actor", r->user }, { "org", r->org }, { "rid", r->rid },
								 { "version", r->version }, { "approver", r->approver } };
	const struct { const char *name; struct str v; } texts[] = { { "role", r->role }, { "face", r->face }, { "verb", r->verb }, { "type", r->type },
		{ "outcome", r->outcome }, { "session", r->session }, { "origin", r->origin }, { "agent", r->agent }, { "reason", r->reason }, { "body", r->body } };
	buf_printf(b, "{\"seq\":%lld", (long long)r->seq);
	for (size_t i = 0; i < ARRAY_LEN(ints); i++)
		buf_printf(b, ",\"%s\":%lld", ints[i].name, (long long)ints[i].v);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		buf_printf(b, ",\"%s\":", texts[i].name);
		json_str(b, texts[i].v);
	}
	buf_cstr(b, ",\"leaf\":\"");
	hex_put(b, kept.p, kept.n);
	buf_char(b, '"');
	if (x->part) {
		tree_hash path[TREE_PATH];
		int n = tree_inclusion(source_range, &x->src, (uint64_t)r->seq - 1, (uint64_t)x->size, path);
		if (n < 0)
			return fail(x->c->f, ERR_DB, N_("The proofs cannot be made: entries are missing."), "entry %lld", (long long)r->seq);
		buf_cstr(b, ",\"proof\":");
		put_path(b, path, n);
	}
	buf_char(b, '}');
	return flush(x);
}

static enum err export_link(struct exporting *x, int64_t from)
{
	tree_hash path[TREE_PATH];
	int k = from > 0 && from < x->size ? tree_consistency(source_range, &x->src, (uint64_t)from, (uint64_t)x->size, path) : -1;
	if (k < 0)
		return OK;
	buf_printf(&x->line, "{\"consistency\":{\"from\":%lld,\"to\":%lld,\"path\":", (long long)from, (long long)x->size);
	put_path(&x->line, path, k);
	buf_cstr(&x->line, "}}");
	return flush(x);
}

/* The heads themselves, and the proof that the exported tree continues them: the newest ones, and of older days the last. */
#define LINKED 2000

static enum err export_heads(struct exporting *x)
{
	ROWS q = NULL;
	bool more;
	struct tree_head *h = NULL;
	size_t n = 0, cap = 0;
	TRY(db_rows(x->c->db, x->c->f, "SELECT number, size, ms, root, signature, key FROM journal_sth WHERE size <= ? ORDER BY number", ARGS(VI(x->size)), &q));
	for (;;) {
		TRY(rows_next(q, &more));
		if (!more)
			break;
		struct tree_head one = { .number = rows_int(q, 0), .size = rows_int(q, 1), .ms = rows_int(q, 2) };
		if (rows_blob(q, 3).n == 32 && rows_blob(q, 4).n == 64) {
			memcpy(one.root, rows_blob(q, 3).p, 32);
			memcpy(one.signature, rows_blob(q, 4).p, 64);
		}
		snprintf(one.key, sizeof one.key, "%.*s", (int)rows_text(q, 5).n, rows_text(q, 5).p);
		VEC_PUSH(x->c->a, h, n, cap, one);
	}
	for (size_t i = 0; i < n; i++) {
		bool ends_day = i + LINKED >= n || day_of(h[i].ms) != day_of(h[i + 1].ms);
		if (x->part && !ends_day)
			continue;
		buf_cstr(&x->line, "{\"head\":");
		head_json(x->c, &h[i], &x->line);
		buf_char(&x->line, '}');
		TRY(flush(x));
		if (ends_day)
			TRY(export_link(x, h[i].size));
	}
	return x->since ? export_link(x, x->since) : OK;
}

static enum err export_all(struct exporting *x)
{
	struct tree_head h;
	bool any;
	TRY(head_last(x->c, &h, &any));
	if (!any || x->from < 1 || x->from > h.size || x->to > h.size || (x->to && x->to < x->from))
		return fail(x->c->f, ERR_INVALID, N_("There are no entries with these numbers under a signed head."), "%lld to %lld", (long long)x->from, (long long)x->to);
	x->size = h.size;
	x->to = x->to ? x->to : h.size;
	x->part = x->from > 1 || x->to < h.size;
	buf_printf(&x->line, "{\"xiaoan_journal\":1,\"from\":%lld,\"to\":%lld,\"size\":%lld,\"head\":", (long long)x->from, (long long)x->to, (long long)h.size);
	head_json(x->c, &h, &x->line);
	buf_char(&x->line, '}');
	TRY(flush(x));
	TRY(journal_walk(x->c, x->from, x->to, export_row, x));
	return export_heads(x);
}

enum err journal_export(struct ctx *c, struct journal_span s, enum err (*put)(void *arg, struct str piece), void *arg)
{
	struct exporting x = { .c = c, .from = s.from ? s.from : 1, .to = s.to, .since = s.since, .line = BUF((size_t)8 << 20), .put = put, .arg = arg };
	x.src = (struct source){ c, map_new(c->a) };
	TRY(db_read_begin(c->db, c->f));
	enum err e = export_all(&x);
	db_read_end(c->db);
	buf_free(&x.line);
	return e;
}
