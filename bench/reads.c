/* Reading at 10,000 and at 1,000,000 records: filtered lists, two-character search, the monthly table; each beside the least
 * that SQLite itself needs for such an answer, measured in the same run.  What the numbers mean: bench/README.md.
 * Usage: bench-reads [rounds, default 40].  BENCH_MAX cuts the sizes. XA_BENCH_LOUD names the slowest questions. */
#include "fill.h"
#include "report/month.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* By the processor and by the clock. */
struct spans { struct times cpu, wall; };
struct span { int64_t cpu, wall; };
struct both { double cpu, wall; };
struct result { struct both list50, list99, list_floor, count50, count99, search50, search99, search_floor, month50, month_floor; };

static struct span begin(void) { return (struct span){ cpu_us(), now_us() }; }

/* The processor's time since then, kept. */
static double ended(struct spans *s, struct span from)
{
	double us = (double)(cpu_us() - from.cpu);
	times_add(&s->wall, (double)(now_us() - from.wall));
	times_add(&s->cpu, us);
	return us;
}

static struct both at(struct spans *s, double part) { return (struct both){ times_at(&s->cpu, part), times_at(&s->wall, part) }; }

static void spans_free(struct spans *s)
{
	times_free(&s->cpu);
	times_free(&s->wall);
}

/* ---- lists ---- */

struct question { const char *login; struct filter f[4]; size_t n; };
static uint64_t seed = 7;

static size_t any(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

static struct str one_of(struct ctx *c, const char *list)
{
	size_t n;
	const struct code *v = codes_list(c->app->codes, list, &n);
	return v[any(n)].code;
}

static struct str an_area(struct ctx *c, size_t digits)
{
	size_t n;
	const struct code *v = codes_list(c->app->codes, "area", &n);
	for (;;) {
		struct str s = v[any(n)].code;
		if (s.n == digits && str_starts(s, "320582"))
			return s;
	}
}

static void ask(struct question *q, const char *field, struct str v) { q->f[q->n++] = (struct filter){ str_of(field), v }; }

#define KINDS_OF_LIST 17
static const char *const logins[] = { "city", "town", "community", "hotline", "mediator" };

static struct question make_question(struct ctx *c, size_t kind)
{
	struct question q = { .login = logins[any(ARRAY_LEN(logins))] };
	static const char *const states[] = { "new", "screened", "opened", "merged", "referred", "closed" };
	struct str state = str_of(states[any(ARRAY_LEN(states))]);
	switch (kind) {
	case 0: break;
	case 1: ask(&q, "state", state); break;
	case 2: ask(&q, "open", STR("1")); break;
	case 3: ask(&q, "grade", one_of(c, "grade")); break;
	case 4: ask(&q, "kind", one_of(c, "kind")); break;
	case 5: ask(&q, "source", one_of(c, "source")); break;
	case 6: ask(&q, "area", an_area(c, 9)); break;
	case 7: ask(&q, "area", an_area(c, 12)); break;
	case 8: ask(&q, "state", state), ask(&q, "grade", one_of(c, "grade")); break;
	case 9: ask(&q, "state", state), ask(&q, "kind", one_of(c, "kind")); break;
	case 10: ask(&q, "grade", one_of(c, "grade")), ask(&q, "kind", one_of(c, "kind")); break;
	case 11: ask(&q, "area", an_area(c, 9)), ask(&q, "state", state); break;
	case 12: ask(&q, "area", an_area(c, 9)), ask(&q, "kind", one_of(c, "kind")); break;
	case 13: ask(&q, "area", an_area(c, 9)), ask(&q, "grade", STR("red|orange")); break;
	case 14: ask(&q, "state", STR("new|screened")), ask(&q, "grade", STR("red|orange")); break;
	case 15: ask(&q, "kind", one_of(c, "kind")), ask(&q, "source", one_of(c, "source")), ask(&q, "grade", STR("red")); break;
	default: ask(&q, "area", an_area(c, 12)), ask(&q, "state", state), ask(&q, "kind", one_of(c, "kind")); break;
	}
	return q;
}

static void say(const struct question *q, double us, size_t n)
{
	printf("    %8.1f ms, %zu rows: %s", us / 1000, n, q->login);
	for (size_t i = 0; i < q->n; i++)
		printf(" %.*s=%.*s", (int)q->f[i].field.n, q->f[i].field.p, (int)q->f[i].value.n, q->f[i].value.p);
	printf("\n");
}

static void lists(struct app *app, int rounds, struct result *ret)
{
	struct spans all = { 0 }, counts = { 0 };
	for (int round = 0; round < rounds; round++)
		for (size_t kind = 0; kind < KINDS_OF_LIST; kind++) {
			ARENA a = arena_new(0);
			struct fault f = { 0 };
			struct ctx c;
			struct seen s;
			int64_t n;
			ctx_init(&c, app, a, &f, &actor_system);
			must(ctx_read(&c) == OK);
			struct question q = make_question(&c, kind);
			struct actor who = fill_actor(&c, q.login);
			c.actor = &who;
			struct see ask = { .type = "clue", .filters = q.f, .nfilters = q.n };
			struct span t = begin();
			must(see(&c, &ask, &s) == OK);
			for (size_t i = 0; i < s.n; i++)
				(void)rec_title(&c, s.r[i]);
			double us = ended(&all, t);
			t = begin();
			must(see_count(&c, &ask, 1000, &n) == OK);
			double us2 = ended(&counts, t);
			if (getenv("XA_BENCH_LOUD") && (us > 8000 || us2 > 20000)) {
				say(&q, us, s.n);
				say(&q, us2, (size_t)n);
			}
		}
	ret->list50 = at(&all, 0.5);
	ret->list99 = at(&all, 0.99);
	ret->count50 = at(&counts, 0.5);
	ret->count99 = at(&counts, 0.99);
	spans_free(&all);
	spans_free(&counts);
}

/* ---- search ---- */

static void searches(struct app *app, int rounds, struct result *ret)
{
	/* frequent, middling and rare ones of the demo's phrases */
	static const char *const words[] = { "老公", "孩子", "打我", "离婚", "婆婆", "喝酒", "抚养", "报警", "赡养", "女儿", "邻居", "家暴", "房子", "彩礼", "出轨", "龘龘" };
	struct spans all = { 0 };
	for (int round = 0; round < rounds; round++)
		for (size_t w = 0; w < ARRAY_LEN(words) * ARRAY_LEN(logins); w++) {
			ARENA a = arena_new(0);
			struct fault f = { 0 };
			struct ctx c;
			struct seen s;
			ctx_init(&c, app, a, &f, &actor_system);
			must(ctx_read(&c) == OK);
			struct actor who = fill_actor(&c, logins[w % ARRAY_LEN(logins)]);
			c.actor = &who;
			struct span t = begin();
			must(see(&c, &(struct see){ .type = "clue", .words = str_of(words[w / ARRAY_LEN(logins)]) }, &s) == OK);
			for (size_t i = 0; i < s.n; i++)
				(void)rec_title(&c, s.r[i]);
			double us = ended(&all, t);
			if (getenv("XA_BENCH_LOUD") && round == 0)
				printf("    %8.1f ms, %zu rows: %s as %s\n", us / 1000, s.n, words[w / ARRAY_LEN(logins)], logins[w % ARRAY_LEN(logins)]);
		}
	ret->search50 = at(&all, 0.5);
	ret->search99 = at(&all, 0.99);
	spans_free(&all);
}

/* ---- the month ---- */

static void months(struct app *app, int rounds, struct result *ret)
{
	struct spans t = { 0 };
	for (int i = 0; i < rounds; i++) {
		ARENA a = arena_new(0);
		struct fault f = { 0 };
		struct ctx c;
		struct month m;
		ctx_init(&c, app, a, &f, &actor_system);
		must(ctx_read(&c) == OK);
		struct span from = begin();
		must(month_make(&c, 2026, 10 - i % 6, STR("320582"), &m) == OK);
		(void)ended(&t, from);
	}
	ret->month50 = at(&t, 0.5);
	spans_free(&t);
}

/* ---- floors: one bare statement each ---- */

static struct both floor_of(sqlite3 *h, const char *sql, int rounds)
{
	sqlite3_stmt *st;
	struct spans t = { 0 };
	if (sqlite3_prepare_v2(h, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(h));
		exit(1);
	}
	for (int i = 0; i < rounds * 5; i++) {
		struct span from = begin();
		int64_t sum = 0;
		while (sqlite3_step(st) == SQLITE_ROW)
			for (int k = 0; k < sqlite3_column_count(st); k++)
				sum += sqlite3_column_bytes(st, k);
		sqlite3_reset(st);
		(void)ended(&t, from);
		must(sum >= 0);
	}
	sqlite3_finalize(st);
	struct both us = at(&t, 0.5);
	spans_free(&t);
	return us;
}

static void floors(struct app *app, int rounds, struct result *ret)
{
	sqlite3 *h;
	ARENA a = arena_new(0);
	must(sqlite3_open_v2(arena_printf(a, "%s/xiaoan.db", app->data_dir), &h, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	must(sqlite3_exec(h, "PRAGMA mmap_size = 268435456; PRAGMA cache_size = -8192", NULL, NULL, NULL) == SQLITE_OK);
	ret->list_floor = floor_of(h, "SELECT id, version, state, number, area, org, owner, created, source, title, kind, grade FROM clue ORDER BY id DESC LIMIT 50", rounds);
	ret->search_floor = floor_of(h, "SELECT id, state, number, area, title, kind, grade FROM clue WHERE id IN (SELECT id FROM clue ORDER BY id DESC LIMIT 50)", rounds);
	ret->month_floor = floor_of(h, "SELECT metric, dim, key, grade, outcome, n FROM tally_month WHERE month IN (24321, 24322, 24310) AND level = 6 AND scope = '320582'", rounds);
	sqlite3_close(h);
}

int main(int argc, char **argv)
{
	int64_t rounds = 40;
	struct result r[2];
	if (argc > 1 && (!str_int(str_of(argv[1]), &rounds) || rounds < 1)) {
		fprintf(stderr, "usage: %s [rounds]\n", argv[0]);
		return 2;
	}
	fill_sizes_read();
	for (int i = 0; i < 2; i++) {
		struct app *app = fill_open(fill_sizes[i]);
		if (getenv("XA_BENCH_LOUD"))
			printf("  %lld\n", (long long)fill_sizes[i]);
		struct result warm;
		lists(app, 3, &warm);
		lists(app, (int)rounds, &r[i]);
		searches(app, (int)rounds / 10 + 1, &r[i]);
		months(app, (int)rounds, &r[i]);
		floors(app, (int)rounds, &r[i]);
		fill_close(app);
	}
	printf("%-34s %12lld %12lld   growth   floor  times the floor   wanted\n", "processor time; (by the clock)", (long long)fill_sizes[0], (long long)fill_sizes[1]);
#define LINE(name, x, fl, want) printf("%-34s %9.2f ms %9.2f ms %7.1fx %7.2f %9.1fx          %s (%.2f ms)\n", name, r[0].x.cpu / 1000, r[1].x.cpu / 1000, \
				       ratio(r[1].x.cpu, r[0].x.cpu), r[1].fl.cpu / 1000, ratio(r[1].x.cpu, r[1].fl.cpu), want, r[1].x.wall / 1000)
	LINE("filtered list of 50, median", list50, list_floor, "");
	LINE("filtered list of 50, p99", list99, list_floor, "< 10 ms");
	LINE("its count, up to 1,000, median", count50, list_floor, "");
	LINE("its count, up to 1,000, p99", count99, list_floor, "");
	LINE("two-character search, median", search50, search_floor, "");
	LINE("two-character search, p99", search99, search_floor, "< 20 ms");
	LINE("monthly table, median", month50, month_floor, "< 100 ms");
	return 0;
}
