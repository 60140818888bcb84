/* Why: numbers at a million rows need a million rows, quickly and the same each time.
 * Invariants: the same n gives the same store (but for keys, ids' low bits and the seals' nonces). */
#include "fill.h"
#include "cli/cli.h"
#include "cli/demo.h"
#include "record/inner.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH 2000
#define FORM "5"        /* of the folder: raise it when the filling changes */

int64_t fill_sizes[2] = { 10000, 1000000 };

static struct fault fault;

static void need_ok(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "%s: %s: %s\n", what, err_name(e), fault.detail);
	exit(1);
}

void fill_sizes_read(void)
{
	const char *max = getenv("BENCH_MAX");
	int64_t n;
	if (max && str_int(str_of(max), &n) && n > 0)
		for (size_t i = 0; i < ARRAY_LEN(fill_sizes); i++)
			if (fill_sizes[i] > n)
				fill_sizes[i] = n;
}

/* ---- times ---- */

static int64_t us_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t now_us(void) { return us_of(CLOCK_MONOTONIC); }
int64_t cpu_us(void) { return us_of(CLOCK_THREAD_CPUTIME_ID); }

void times_add(struct times *t, double us)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 1024;
		t->us = realloc(t->us, t->cap * sizeof *t->us);
		must(t->us != NULL);
	}
	t->us[t->n++] = us;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double times_at(struct times *t, double part)
{
	if (!t->n)
		return 0;
	qsort(t->us, t->n, sizeof *t->us, by_size);
	size_t i = (size_t)(part * (double)t->n);
	return t->us[i < t->n ? i : t->n - 1];
}

void times_free(struct times *t)
{
	free(t->us);
	*t = (struct times){ 0 };
}

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

/* ---- copies ---- */

struct copy { int64_t id; uint32_t base; uint32_t mix; };
struct copies {
	const struct plan *p;
	struct rec **base;
	size_t nbase;
	struct copy *v;
	size_t n, at;
	bool seal_anew;
};

static uint64_t mixed(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct copy *)a)->id, y = ((const struct copy *)b)->id;
	return (x > y) - (x < y);
}

static void take(struct rec *to, const struct rec *from, const char *field)
{
	int i = field_find(to->t, str_of(field));
	if (i >= 0)
		to->v[i] = from->v[i];
}

/* Words of one, place of another, kind, grade and end of a third. */
static struct rec *mix(struct ctx *c, const struct copies *k, const struct copy *at)
{
	static const char *const end[] = { "kind", "grade", "outcome", "family", "success", "ontime", "not_family", "refer_to", "closed" };
	struct rec *r = rec_copy(c, k->base[at->base]);
	const struct rec *place = k->base[at->mix % k->nbase], *life = k->base[(at->mix >> 7) % k->nbase], *source = k->base[(at->mix >> 3) % k->nbase];
	int64_t ms = id_time(at->id), later = ms - life->created;
	r->id = at->id;
	r->number = STR_NONE;
	r->area = place->area;
	r->org = place->org;
	r->owner = place->owner;
	r->state = life->state;
	r->created = ms;
	r->updated = ms + (life->updated - life->created);
	for (size_t i = 0; i < ARRAY_LEN(end); i++)
		take(r, life, end[i]);
	take(r, source, "source");
	for (size_t i = 0; i < r->t->nfields; i++) {
		const struct field *f = &r->t->fields[i];
		if (f->type == F_TIME && r->v[i].set)
			r->v[i].i = strcmp(f->name, "closed") == 0 ? r->v[i].i + later : strcmp(f->name, "received") == 0 ? ms : r->v[i].i;
		if (strcmp(f->name, "external_id") == 0)
			r->v[i] = (struct value){ 0 };
		/* The seal is bound to the row: opened once, sealed again for the copy. */
		if (k->seal_anew && r->v[i].set && r->v[i].sealed.p)
			r->v[i].sealed = STR_NONE;
	}
	return r;
}

static enum err put_batch(struct ctx *c, void *arg)
{
	struct copies *k = arg;
	ARENA a = arena_new(0);
	struct ctx in = *c;
	in.a = a;
	for (int i = 0; i < BATCH && k->at < k->n; i++, k->at++) {
		arena_reset(a);
		struct rec *r = mix(&in, k, &k->v[k->at]);
		TRY(rec_write_new(&in, k->p, r));
		if (k->seal_anew)
			TRY(search_index(&in, k->p, NULL, r));
	}
	return OK;
}

struct sqls { const char **v; size_t n; };
static enum err run_sqls(struct ctx *c, void *arg)
{
	struct sqls *s = arg;
	for (size_t i = 0; i < s->n; i++)
		TRY(db_exec(c->db, c->f, s->v[i], NOARGS, NULL));
	return OK;
}

static void indexes_of(struct ctx *c, const char *table, struct sqls *ret_drop, struct sqls *ret_make)
{
	ROWS r = NULL;
	bool more;
	size_t cap1 = 0, cap2 = 0;
	need_ok(ctx_read(c), "read");
	need_ok(db_rows(c->db, c->f, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", ARGS(VS(str_of(table))), &r), "indexes");
	for (;;) {
		need_ok(rows_next(r, &more), "indexes");
		if (!more)
			break;
		const char *drop = arena_printf(c->a, "DROP INDEX %s", arena_cstr(c->a, rows_text(r, 0))), *make = arena_cstr(c->a, rows_text(r, 1));
		VEC_PUSH(c->a, ret_drop->v, ret_drop->n, cap1, drop);
		VEC_PUSH(c->a, ret_make->v, ret_make->n, cap2, make);
	}
	rows_end(r);
	r = NULL;
	/* What the planner is told goes with a dropped index. */
	need_ok(db_rows(c->db, c->f, "SELECT 'INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (' || QUOTE(tbl) || ', ' || QUOTE(idx) || ', ' || QUOTE(stat) || ')' "
				     "FROM sqlite_stat1 WHERE tbl = ?", ARGS(VS(str_of(table))), &r), "statistics");
	for (;;) {
		need_ok(rows_next(r, &more), "statistics");
		if (!more)
			break;
		const char *make = arena_cstr(c->a, rows_text(r, 0));
		VEC_PUSH(c->a, ret_make->v, ret_make->n, cap2, make);
	}
	const char *last = "ANALYZE sqlite_schema";
	VEC_PUSH(c->a, ret_make->v, ret_make->n, cap2, last);
}

static void base_of(struct ctx *c, struct copies *k)
{
	ROWS r = NULL;
	bool more;
	size_t cap = 0;
	need_ok(ctx_read(c), "read");
	need_ok(db_rows(c->db, c->f, arena_printf(c->a, "%s ORDER BY r.id", k->p->select_all), NOARGS, &r), k->p->table);
	for (;;) {
		need_ok(rows_next(r, &more), k->p->table);
		if (!more)
			break;
		struct rec *one = rec_of_row(c, k->p, r, true);
		VEC_PUSH(c->a, k->base, k->nbase, cap, one);
	}
	rows_end(r);
	r = NULL;
	must(k->nbase > 0);
	for (size_t i = 0; k->seal_anew && i < k->nbase; i++)
		for (size_t f = 0; f < k->p->t->nfields; f++)
			(void)value_text(c, k->base[i], (int)f);
}

static void copy_type(struct ctx *c, const char *type, int64_t n, bool seal_anew)
{
	struct copies k = { .p = plan_of(c->app, type_find(c->app, str_of(type))), .seal_anew = seal_anew };
	struct sqls drop = { 0 }, make = { 0 };
	base_of(c, &k);
	if ((int64_t)k.nbase >= n)
		return;
	k.n = (size_t)n - k.nbase;
	k.v = xalloc(k.n * sizeof *k.v);
	int64_t first = k.base[0]->created, span = k.base[k.nbase - 1]->created - first;
	for (size_t i = 0; i < k.n; i++) {
		uint64_t x = mixed(i + 1);
		uint32_t base = (uint32_t)(i % k.nbase);
		/* the low bits of a base's id are its own; the moment differs from copy to copy */
		int64_t ms = first + span / (int64_t)(k.n / k.nbase + 1) * (int64_t)(i / k.nbase) + (int64_t)(x % 86400000);
		k.v[i] = (struct copy){ (id_new(ms) & ~(int64_t)0x1FFFFF) | (k.base[base]->id & 0x1FFFFF), base, (uint32_t)(x >> 32) };
	}
	qsort(k.v, k.n, sizeof *k.v, by_id);
	size_t kept = 0;
	for (size_t i = 0; i < k.n; i++)
		if (!kept || k.v[kept - 1].id != k.v[i].id)
			k.v[kept++] = k.v[i];
	k.n = kept;
	indexes_of(c, k.p->table, &drop, &make);
	need_ok(ctx_write(c, run_sqls, &drop), "drop indexes");
	while (k.at < k.n) {
		need_ok(ctx_write(c, put_batch, &k), k.p->table);
		fprintf(stderr, "\r%s %zu/%zu ", type, k.at, k.n);
	}
	fprintf(stderr, "indexes\n");
	need_ok(ctx_write(c, run_sqls, &make), "make indexes");
	free(k.v);
}

/* The days from the rows, as the types' tallies() would; the months from the days. */
static enum err count_days(struct ctx *c, void *arg)
{
	static const struct { const char *metric, *table, *ms, *where; } m[] = {
		{ "clue_in", "clue", "received", "1" }, { "clue_family", "clue", "received", "family = 1" }, { "case_open", "case_file", "created", "1" },
		{ "case_close", "case_file", "closed", "closed IS NOT NULL" }, { "case_ok", "case_file", "closed", "closed IS NOT NULL AND success = 1" },
		{ "case_ontime", "case_file", "closed", "closed IS NOT NULL AND ontime = 1" },
	};
	(void)arg;
	TRY(db_exec(c->db, c->f, "DELETE FROM tally WHERE metric LIKE 'clue%' OR metric LIKE 'case%'", NOARGS, NULL));
	for (size_t i = 0; i < ARRAY_LEN(m); i++)
		TRY(db_exec(c->db, c->f,
			    arena_printf(c->a, "INSERT INTO tally (day, metric, area, source, kind, grade, outcome, n) SELECT (%s + 28800000) / 86400000, '%s', "
					       "SUBSTR(area, 1, 12), COALESCE(source, ''), COALESCE(kind, ''), COALESCE(grade, ''), COALESCE(outcome, ''), COUNT(*) "
					       "FROM %s WHERE %s GROUP BY 1, 2, 3, 4, 5, 6, 7", m[i].ms, m[i].metric, m[i].table, m[i].where), NOARGS, NULL));
	return tally_month_rebuild(c);
}

/* Who leads cases is of the teams of her newest three hundred, and of as many clues, spread over the years. */
static enum err put_teams(struct ctx *c, void *arg)
{
	(void)arg;
	TRY(db_exec(c->db, c->f,
		    "INSERT INTO access (src, staff, rid, bits, since, until) SELECT k.id, k.owner, k.id, 1, 0, 9223372036854775807 FROM "
		    "(SELECT id, owner, ROW_NUMBER() OVER (PARTITION BY owner ORDER BY id DESC) AS nth FROM case_file WHERE owner IS NOT NULL AND state <> 'archived') k "
		    "WHERE k.nth <= 300 ON CONFLICT DO NOTHING", NOARGS, NULL));
	return db_exec(c->db, c->f,
		       "INSERT INTO access (src, staff, rid, bits, since, until) SELECT k.id, s.owner, k.id, 1, 0, 9223372036854775807 FROM "
		       "(SELECT owner, ROW_NUMBER() OVER (ORDER BY owner) AS nth FROM case_file WHERE owner IS NOT NULL GROUP BY owner) s JOIN "
		       "(SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS nth FROM clue WHERE state = 'opened') k ON k.nth % 997 = s.nth WHERE 1 = 1 ON CONFLICT DO NOTHING",
		       NOARGS, NULL);
}

/* ---- opening ---- */

static struct app *open_at(const char *dir, bool unsafe)
{
	struct app_options o = { .data_dir = dir, .demo = true, .fast_unsafe = unsafe };
	struct app *app;
	ARENA a = arena_new(0);
	need_ok(app_open(&o, all_types, &app, &fault), dir);
	need_ok(app_wire(app, a, &fault), "screening");
	return app;
}

void fill_close(struct app *app)
{
	app_unwire(app);
	app_close(app);
}

static void shell(struct arena *a, const char *cmd)
{
	(void)a;
	if (system(cmd) != 0) {
		fprintf(stderr, "%s\n", cmd);
		exit(1);
	}
}

static void make(struct arena *a, const char *dir, const char *base, int64_t n)
{
	struct ctx c;
	if (access(arena_printf(a, "%s/ready", base), F_OK) != 0) {
		shell(a, arena_printf(a, "rm -rf '%s' && mkdir -p '%s'", base, base));
		struct app *app = open_at(base, true);
		struct demo_options o = { .scale = 0.2, .seed = 1, .end = civil_ms((struct civil){ 2026, 11, 1, 0, 0, 0 }) };
		fprintf(stderr, "the made-up city …\n");
		need_ok(demo_load(app, &o, &fault), "demo");
		fill_close(app);
		shell(a, arena_printf(a, "touch '%s/ready'", base));
	}
	shell(a, arena_printf(a, "rm -rf '%s' && cp -r '%s' '%s' && rm '%s/ready'", dir, base, dir, dir));
	struct app *app = open_at(dir, true);
	ctx_init(&c, app, a, &fault, &actor_system);
	copy_type(&c, "clue", n, true);
	copy_type(&c, "case", n, false);
	need_ok(ctx_write(&c, put_teams, NULL), "teams");
	need_ok(ctx_write(&c, count_days, NULL), "tally");
	need_ok(ctx_read(&c), "read");
	for (bool more = true; more;)       /* as the day's job leaves it */
		need_ok(search_tidy(&c, 60 * MS_SECOND, &more), "search_tidy");
	fill_close(app);
	shell(a, arena_printf(a, "touch '%s/ready'", dir));
}

struct app *fill_open(int64_t n)
{
	ARENA a = arena_new(0);
	const char *root = getenv("XA_BENCH_DATA") ? getenv("XA_BENCH_DATA") : "build/bench-data";
	char *dir = arena_printf(a, "%s/%lld-" FORM, root, (long long)n), *base = arena_printf(a, "%s/city-" FORM, root);
	if (access(arena_printf(a, "%s/ready", dir), F_OK) != 0)
		make(a, dir, base, n);
	return open_at(dir, false);
}

void fill_copy(int64_t n, const char *dir)
{
	ARENA a = arena_new(0);
	const char *root = getenv("XA_BENCH_DATA") ? getenv("XA_BENCH_DATA") : "build/bench-data";
	shell(a, arena_printf(a, "rm -rf '%s' && cp -r '%s/%lld-" FORM "' '%s'", dir, root, (long long)n, dir));
}

struct app *fill_open_dir(const char *dir) { return open_at(dir, false); }

struct actor fill_actor(struct ctx *c, const char *login)
{
	struct actor w = { .face = "desk" };
	ROWS r = NULL;
	bool more;
	need_ok(ctx_read(c), "read");
	need_ok(db_rows(c->db, c->f, "SELECT s.id, s.org, s.area, s.role, o.kind FROM staff s JOIN org o ON o.id = s.org WHERE s.login = ?", ARGS(VS(str_of(login))), &r), login);
	need_ok(rows_next(r, &more), login);
	must(more);
	w.user = rows_int(r, 0);
	w.org = rows_int(r, 1);
	snprintf(w.area, sizeof w.area, "%s", arena_cstr(c->a, rows_text(r, 2)));
	w.role = role_of(rows_text(r, 3));
	snprintf(w.org_kind, sizeof w.org_kind, "%s", arena_cstr(c->a, rows_text(r, 4)));
	return w;
}
