/* Why: a desk knows the caller as “Wang something-ming”; and the names of all who ever called must not lie on a disk to be searched.
 * Invariants: a row here is of a record as it stood at `seq` of the journal or later; memory that held a name is wiped before it goes back;
 * nothing here is shown: only ids leave, and see() decides on each. */
#include "record/names.h"
#include "base/embedded.h"
#include "record/inner.h"
#include "text/pinyin.h"
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define CHARS 12
#define TYPES 24
#define FIELDS 4
#define BATCH 500

struct row { int64_t id, root; uint64_t sig; uint16_t cp[CHARS]; uint8_t n, type; char pad[6]; };
struct named { const struct rtype *t; int field[FIELDS]; size_t n; char *sql; };
struct names {
	pthread_rwlock_t lock;        /* guards rows */
	pthread_mutex_t one;          /* one follows at a time */
	struct row *row;              /* secret_new() */
	size_t n, cap;
	_Atomic int64_t seq;          /* of the journal: all up to here is in */
	atomic_bool ready;
	struct pinyin *sound;
	struct named type[TYPES];
	size_t ntypes;
};

/* ---- what a name is made of ---- */

/* Han characters, letters and digits; blanks and the dots of minority names fall out. */
static size_t chars_of(struct str s, uint16_t out[CHARS])
{
	size_t n = 0;
	for (const char *p = s.p, *end = s.p + s.n; p < end && n < CHARS;) {
		uint32_t cp = utf8_next(&p, end);
		if (cp >= 'A' && cp <= 'Z')
			cp += 32;
		if (cp_is_han(cp) || (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
			out[n++] = cp <= 0xFFFF ? (uint16_t)cp : 0xFFFD;
	}
	return n;
}

static bool letter(uint16_t cp) { return cp < 0x80; }
static uint64_t bit_of_char(uint16_t cp) { return UINT64_C(1) << (26 + (cp * 2654435761u >> 16) % 38); }
static uint64_t bit_of_letter(char c) { return c >= 'a' && c <= 'z' ? UINT64_C(1) << (c - 'a') : 0; }

/* Its characters, and the letters that its syllables begin with. */
static uint64_t sig_of(const struct names *k, const uint16_t *cp, size_t n)
{
	uint64_t s = 0;
	for (size_t i = 0; i < n; i++) {
		uint16_t r[2];
		s |= bit_of_char(cp[i]);
		if (letter(cp[i]))
			s |= bit_of_letter((char)cp[i]);
		pinyin_of(k->sound, cp[i], r);
		for (int j = 0; j < 2; j++)
			if (r[j])
				s |= bit_of_letter(*pinyin_text(k->sound, r[j]));
	}
	return s;
}

bool names_like(struct str typed)
{
	size_t n = 0;
	for (const char *p = typed.p, *end = typed.p + typed.n; p < end; n++) {
		uint32_t cp = utf8_next(&p, end);
		bool ok = cp_is_han(cp) || (cp | 32) - 'a' < 26 || cp == ' ' || cp == 0xB7 || cp == '\'';
		if (!ok)
			return false;
	}
	uint16_t cp[CHARS];
	return n > 0 && n <= 40 && chars_of(typed, cp) > 0;
}

/* ---- matching ---- */

/* The letters from p on spell what stands in the name from i on: of each syllable a beginning, at least its first letter. */
static bool spells(const struct names *k, const struct row *r, size_t i, const char *p, const char *end)
{
	if (p == end)
		return true;
	if (i == r->n)
		return false;
	if (letter(r->cp[i]))
		return *p == (char)r->cp[i] && spells(k, r, i + 1, p + 1, end);
	uint16_t s[2];
	pinyin_of(k->sound, r->cp[i], s);
	for (int j = 0; j < 2; j++) {
		const char *t = pinyin_text(k->sound, s[j]);
		size_t most = 0;
		while (t[most] && p + most < end && p[most] == t[most])
			most++;
		for (size_t m = most; m > 0; m--)
			if (spells(k, r, i + 1, p + m, end))
				return true;
	}
	return false;
}

static bool sounds(const struct names *k, uint16_t a, uint16_t b)
{
	uint16_t x[2], y[2];
	if (a == b)
		return true;
	pinyin_of(k->sound, a, x);
	pinyin_of(k->sound, b, y);
	for (int i = 0; i < 2; i++)
		if (x[i] && (x[i] == y[0] || x[i] == y[1]))
			return true;
	return false;
}

struct typed { uint16_t cp[CHARS]; size_t n; char letters[CHARS + 1]; bool latin; uint64_t sig, first; };

enum fit { FIT_NOT, FIT_SOUND, FIT_DIRECT };

static enum fit fits(const struct names *k, const struct typed *q, const struct row *r)
{
	enum fit best = FIT_NOT;
	if (q->latin) {
		if ((r->sig & q->first) != q->first)
			return FIT_NOT;
		for (size_t i = 0; i < r->n; i++)
			if (spells(k, r, i, q->letters, q->letters + q->n))
				return FIT_DIRECT;
		return FIT_NOT;
	}
	bool all = (r->sig & q->sig) == q->sig;
	if ((!all && (r->sig & q->first) != q->first) || r->n < q->n)
		return FIT_NOT;
	for (size_t i = 0; i + q->n <= r->n && best != FIT_DIRECT; i++) {
		if (all && memcmp(r->cp + i, q->cp, q->n * sizeof *q->cp) == 0)
			return FIT_DIRECT;
		size_t m = 0;
		while (m < q->n && sounds(k, r->cp[i + m], q->cp[m]))
			m++;
		best = m == q->n ? FIT_SOUND : best;
	}
	return best;
}

/* Of characters with two readings no first letter can be asked for. */
static struct typed typed_of(const struct names *k, struct str s)
{
	struct typed q = { .latin = true };
	q.n = chars_of(s, q.cp);
	for (size_t i = 0; i < q.n; i++) {
		uint16_t r[2];
		q.latin &= letter(q.cp[i]);
		q.letters[i] = (char)(letter(q.cp[i]) ? q.cp[i] : 0);
		q.sig |= bit_of_char(q.cp[i]);
		pinyin_of(k->sound, q.cp[i], r);
		if (r[0] && !r[1])
			q.first |= bit_of_letter(*pinyin_text(k->sound, r[0]));
	}
	if (q.latin)
		q.first = bit_of_letter(q.letters[0]);
	return q;
}

/* ---- the rows ---- */

static void add_row(struct names *k, const struct row *r)
{
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 4096;
		struct row *v = secret_new(cap * sizeof *v);
		if (k->n)
			memcpy(v, k->row, k->n * sizeof *v);
		secret_free(k->row);
		k->row = v;
		k->cap = cap;
	}
	k->row[k->n++] = *r;
}

/* Of one record (type), or (type < 0) of a root and all below it. */
static void drop_rows(struct names *k, int type, int64_t id)
{
	for (size_t i = 0; i < k->n;) {
		struct row *r = &k->row[i];
		bool it = type >= 0 ? r->id == id && r->type == type : r->id == id || r->root == id;
		if (!it) {
			i++;
			continue;
		}
		*r = k->row[--k->n];
		explicit_bzero(&k->row[k->n], sizeof *r);
	}
}

/* The record under q: its names as rows, into out. */
static size_t rows_under(struct ctx *c, const struct names *k, size_t type, struct rows *q, struct row out[FIELDS])
{
	const struct named *t = &k->type[type];
	const struct plan *p = plan_of(c->app, t->t);
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->t->fields[t->field[i]];
		struct row r = { .id = rows_int(q, 0), .root = rows_int(q, 1), .type = (uint8_t)type };
		struct fault ignored = { 0 };
		struct str s = STR_NONE;
		if (rows_type(q, 2 + (int)i) == V_NULL)
			continue;
		if (!field_sealed(f))
			s = rows_text(q, 2 + (int)i);
		else if (unseal(c->app->keys, c->a, field_place(p, f, r.id), rows_blob(q, 2 + (int)i), &s, &ignored) != OK)
			continue;      /* its key is gone, and so is its name */
		r.n = (uint8_t)chars_of(s, r.cp);
		r.sig = sig_of(k, r.cp, r.n);
		if (r.n)
			out[n++] = r;
		if (field_sealed(f) && s.n)
			explicit_bzero((char *)(uintptr_t)s.p, s.n);
	}
	return n;
}

static struct names *names_new(struct app *app)
{
	const struct embedded *e = embedded_find("models/pinyin.txt");
	struct names *k = xalloc(sizeof *k);
	must(pthread_rwlock_init(&k->lock, NULL) == 0 && pthread_mutex_init(&k->one, NULL) == 0);
	k->sound = pinyin_new(e ? (struct str){ e->bytes, e->n } : STR(""));
	for (const struct plan *p = app->plans; p->t && k->ntypes < TYPES; p++) {
		struct named *t = &k->type[k->ntypes];
		BUF_AUTO b = BUF(2048);
		if (p->t->unlisted)
			continue;
		for (size_t i = 0; i < p->t->nfields && t->n < FIELDS; i++)
			if (p->t->fields[i].type == F_NAME)
				t->field[t->n++] = (int)i;
		if (!t->n)
			continue;
		t->t = p->t;
		buf_cstr(&b, "SELECT r.id, COALESCE(r.parent, 0)");
		for (size_t i = 0; i < t->n; i++)
			buf_printf(&b, ", r.%s", p->t->fields[t->field[i]].name);
		buf_printf(&b, " FROM %s r WHERE r.id >= ? AND r.id <= ? ORDER BY r.id LIMIT %d", p->table, BATCH);
		t->sql = xstrdup(b.p);
		k->ntypes++;
	}
	return k;
}

void names_free(struct names *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->ntypes; i++)
		free(k->type[i].sql);
	secret_free(k->row);
	pinyin_free(k->sound);
	pthread_rwlock_destroy(&k->lock);
	pthread_mutex_destroy(&k->one);
	free(k);
}

/* ---- following ---- */

/* Ids from … to of a type, read and put in; what stood there before goes first when again is set. *ret_last: the last id read; 0: none. */
static enum err take(struct ctx *c, struct names *k, size_t type, int64_t from, int64_t to, bool again, int64_t *ret_last)
{
	ROWS q = NULL;
	bool more;
	struct row *v = secret_new(BATCH * FIELDS * sizeof *v);
	size_t n = 0;
	*ret_last = 0;
	enum err e = db_rows(c->db, c->f, k->type[type].sql, ARGS(VI(from), VI(to)), &q);
	for (more = e == OK; more;) {
		e = rows_next(q, &more);
		more = more && e == OK;
		if (!more)
			break;
		*ret_last = rows_int(q, 0);
		n += rows_under(c, k, type, q, v + n);
	}
	if (e == OK) {
		pthread_rwlock_wrlock(&k->lock);
		if (again)
			drop_rows(k, (int)type, from);
		for (size_t i = 0; i < n; i++)
			add_row(k, &v[i]);
		pthread_rwlock_unlock(&k->lock);
	}
	secret_free(v);
	return e;
}

static enum err read_all(struct app *app, struct names *k, struct fault *f)
{
	struct ctx c;
	int64_t seq = 0;
	struct db *d;
	TRY(store_reader(app->store, &d, f));
	/* What is written while this reads is read again by its entry. */
	TRY(db_int(d, f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &seq, NULL));
	pthread_rwlock_wrlock(&k->lock);
	if (k->n)
		explicit_bzero(k->row, k->n * sizeof *k->row);
	k->n = 0;
	k->seq = seq;
	pthread_rwlock_unlock(&k->lock);
	for (size_t i = 0; i < k->ntypes; i++)
		for (int64_t last = 0, from = INT64_MIN;; from = last + 1) {
			ARENA a = arena_new(0);
			ctx_init(&c, app, a, f, &actor_system);
			TRY(ctx_read(&c));
			TRY(take(&c, k, i, from, INT64_MAX, false, &last));
			if (!last)
				break;
		}
	/* The pages that this reader has gone through will not be asked for again soon. */
	return db_is_postgres(d) ? OK : db_exec(d, f, "PRAGMA shrink_memory", NOARGS, NULL);
}

static int type_at(const struct names *k, struct str type)
{
	for (size_t i = 0; i < k->ntypes; i++)
		if (str_is(type, k->type[i].t->name))
			return (int)i;
	return -1;
}

struct change { int64_t rid; int type; bool shred; };

/* What was written since. Readings are entries too, and change nothing. */
static enum err catch_up(struct ctx *c, struct names *k)
{
	for (size_t n = BATCH; n == BATCH;) {
		struct change v[BATCH];
		size_t nv = 0;
		int64_t seq = k->seq, last;
		ROWS q = NULL;
		bool more;
		n = 0;
		TRY(db_rows(c->db, c->f, "SELECT seq, type, rid, verb FROM journal WHERE seq > ? ORDER BY seq LIMIT 500", ARGS(VI(seq)), &q));
		for (;;) {
			TRY(rows_next(q, &more));
			if (!more)
				break;
			struct str verb = rows_text(q, 3);
			struct change x = { rows_int(q, 2), type_at(k, rows_text(q, 1)), str_is(verb, "shred") };
			seq = rows_int(q, 0);
			n++;
			if (x.rid && !str_is(verb, "view") && !str_is(verb, "list") && (x.shred || x.type >= 0))
				v[nv++] = x;
		}
		rows_end(q);
		q = NULL;
		for (size_t i = 0; i < nv; i++) {
			if (!v[i].shred) {
				TRY(take(c, k, (size_t)v[i].type, v[i].rid, v[i].rid, true, &last));
				continue;
			}
			pthread_rwlock_wrlock(&k->lock);
			drop_rows(k, -1, v[i].rid);
			pthread_rwlock_unlock(&k->lock);
		}
		pthread_rwlock_wrlock(&k->lock);
		k->seq = seq;
		pthread_rwlock_unlock(&k->lock);
	}
	return OK;
}

static struct names *names_of(struct app *app)
{
	struct names *k = atomic_load(&app->names), *none = NULL;
	if (k)
		return k;
	k = names_new(app);
	if (atomic_compare_exchange_strong(&app->names, &none, k))
		return k;
	names_free(k);
	return none;
}

bool names_ready(const struct app *app)
{
	struct names *k = atomic_load(&((struct app *)(uintptr_t)app)->names);
	return k && k->ready;
}

enum err names_follow(struct app *app, struct fault *f)
{
	ARENA a = arena_new(0);
	struct names *k = names_of(app);
	struct ctx c;
	enum err e = OK;
	ctx_init(&c, app, a, f, &actor_system);
	pthread_mutex_lock(&k->one);
	if (!k->ready) {
		e = read_all(app, k, f);
		malloc_trim(0);      /* what the reading took for a moment */
	}
	if (e == OK)
		e = ctx_read(&c);
	if (e == OK)
		e = catch_up(&c, k);
	if (e == OK)
		k->ready = true;
	pthread_mutex_unlock(&k->one);
	return e;
}

enum err names_find(struct ctx *c, const struct rtype *t, struct str typed, struct names_found *ret)
{
	struct names *k = atomic_load(&c->app->names);
	struct names_found o = { 0 };
	size_t capd = 0, caps = 0;
	int64_t size = 0;
	*ret = o;
	if (!k || !k->ready || !names_like(typed))
		return OK;
	/* Up to what this reader sees, so that who has just written a name finds it. */
	TRY(db_int(c->db, c->f, "SELECT size FROM journal_head WHERE id = 1", NOARGS, &size, NULL));
	/* Never on the writer: what is rolled back there must not stand here. */
	if (size > k->seq && !db_can_write(c->db)) {
		pthread_mutex_lock(&k->one);
		enum err e = size > k->seq ? catch_up(c, k) : OK;
		pthread_mutex_unlock(&k->one);
		TRY(e);
	}
	int type = type_at(k, str_of(t->name));
	struct typed q = typed_of(k, typed);
	pthread_rwlock_rdlock(&k->lock);
	for (size_t i = 0; type >= 0 && i < k->n; i++) {
		const struct row *r = &k->row[i];
		if (r->type != type)
			continue;
		enum fit fit = fits(k, &q, r);
		if (fit == FIT_DIRECT && o.ndirect < NAMES_MAX)
			VEC_PUSH(c->a, o.direct, o.ndirect, capd, r->id);
		else if (fit == FIT_SOUND && o.nsound < NAMES_MAX)
			VEC_PUSH(c->a, o.sound, o.nsound, caps, r->id);
	}
	pthread_rwlock_unlock(&k->lock);
	explicit_bzero(&q, sizeof q);
	o.ready = true;
	*ret = o;
	return OK;
}
