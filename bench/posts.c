/* Prints how well and how fast copies of public posts are folded into stories (src/text/minhash.c, fold.c).
 * bench-posts [-v] [DATA]: the comments of DATA/hostile/cold-*.csv; a query is a copy with random characters put in, left out or changed.
 * -v: the comments that were taken for others, though less than 0.7 like them: to be looked at.
 * DATA: or XA_DATA, or ../shared/data beside the source folder XA_SRC; skipped with a word when it is not there. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/base.h"
#include "text/text.h"

struct post { struct str text; struct minhash m; bool says; };
struct set { struct arena *a; struct post *p; size_t n, cap, letters; };

static uint64_t seed = 1;
static bool verbose;

static uint32_t any(uint32_t n)      /* xorshift64*, the same in every run */
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * UINT64_C(2685821657736338717)) >> 33) % n;
}

static double seconds(clockid_t c)
{
	struct timespec t;
	clock_gettime(c, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void load(struct set *s, const char *path)
{
	FILE *in = fopen(path, "r");
	if (!in) {
		printf("%s: not there, skipped\n", path);
		return;
	}
	size_t cap = (size_t)8 << 20;
	char *all = arena_alloc(s->a, cap);
	struct csv c;
	csv_open(&c, (struct str){ all, fread(all, 1, cap, in) });
	fclose(in);
	struct str *cell;
	size_t n;
	bool broken = false;
	while (csv_next(&c, s->a, &cell, &n, &broken))
		if (n == 5 && c.row > 1) {
			VEC_PUSH(s->a, s->p, s->n, s->cap, ((struct post){ .text = arena_str(s->a, cell[4]) }));
		}
}

static bool sign(struct post *p)
{
	ARENA a = arena_new(0);
	p->says = minhash_of(text_normalise(a, p->text).text, &p->m);
	return p->says;
}

/* Each character is, with this chance in a hundred, left out, changed, or followed by another; others are taken from other posts. */
static struct str edited(struct arena *a, const struct set *s, struct str text, uint32_t percent)
{
	char *out = arena_alloc(a, text.n * 2 + 8), *o = out;
	for (const char *at = text.p, *end = text.p + text.n; at < end;) {
		const char *from = at;
		(void)utf8_next(&at, end);
		bool edit = any(100) < percent;
		uint32_t how = any(3);
		if (!edit || how == 2) {
			memcpy(o, from, (size_t)(at - from));
			o += at - from;
		}
		if (edit && how) {
			struct str other = s->p[any((uint32_t)s->n)].text;
			const char *x = other.p;
			uint32_t cp = '.';
			for (uint32_t k = 1 + any(20); k-- && x < other.p + other.n;)
				cp = utf8_next(&x, other.p + other.n);
			if (cp && (size_t)(o - out) + 4 < text.n * 2 + 8)
				o += utf8_put(o, cp);
		}
	}
	return (struct str){ out, (size_t)(o - out) };
}

static const size_t longest[] = { 15, 23, 31, 63, MINHASH_LETTERS };      /* classes by letters */
struct share { size_t n, hit; };

static void share_add(struct share h[ARRAY_LEN(longest)], size_t letters, bool hit)
{
	size_t k = 0;
	while (letters > longest[k])
		k++;
	h[k].n++;
	h[k].hit += hit;
}

static void share_print(const char *what, const struct share h[ARRAY_LEN(longest)])
{
	struct share all = { 0 };
	printf("%-22s", what);
	for (size_t c = 0; c < ARRAY_LEN(longest); c++) {
		printf("  %9.4f", (double)h[c].hit / (double)h[c].n);
		all.n += h[c].n;
		all.hit += h[c].hit;
	}
	printf("  %9.4f  (%zu of %zu)\n", (double)all.hit / (double)all.n, all.hit, all.n);
}

static void quality(struct set *s, struct fold *f)
{
	struct share taken[ARRAY_LEN(longest)] = { 0 };
	for (size_t i = 0; i < s->n; i++) {
		const struct post *p = s->p + i;
		if (!p->says)
			continue;
		int64_t other = fold_find(f, &p->m);
		const struct post *o = s->p + (other ? other - 1 : 0);
		double like = minhash_like(&p->m, &o->m);
		if (verbose && other && like < 0.7)
			printf("%.2f\t%.*s\n\t%.*s\n", like, (int)p->text.n, p->text.p, (int)o->text.n, o->text.p);
		share_add(taken, p->m.letters, other > 0);
		fold_put(f, &p->m, (int64_t)i + 1);
	}
	printf("%-22s  %9s  %9s  %9s  %9s  %9s  %9s\n", "letters", "8-15", "16-23", "24-31", "32-63", "64-", "all");
	share_print("taken for one before", taken);
	static const uint32_t percents[] = { 5, 10, 20, 30 };
	for (size_t e = 0; e < ARRAY_LEN(percents); e++) {
		struct share found[ARRAY_LEN(longest)] = { 0 };
		for (size_t i = 0; i < s->n; i++) {
			if (!s->p[i].says)
				continue;
			ARENA a = arena_new(0);
			struct post q = { .text = edited(a, s, s->p[i].text, percents[e]) };
			/* Of comments that are the same the newest answers: which of them is no matter. */
			int64_t story = sign(&q) ? fold_find(f, &q.m) : 0;
			share_add(found, s->p[i].m.letters, story && (story == (int64_t)i + 1 || minhash_same(&s->p[story - 1].m, &s->p[i].m)));
		}
		share_print(arena_printf(s->a, "found, %u %% edited", percents[e]), found);
	}
}

/* ---- how fast: each thread takes what comes next, signs it alone, folds it under the lock ----------------------------- */

#define BATCH 64
struct feed { const struct set *s; struct fold *f; pthread_mutex_t lock; size_t at, all, stories; };

static void *work(void *arg)
{
	struct feed *d = arg;
	struct post b[BATCH];
	for (;;) {
		pthread_mutex_lock(&d->lock);
		size_t from = d->at, n = d->all - from < BATCH ? d->all - from : BATCH;
		d->at += n;
		pthread_mutex_unlock(&d->lock);
		if (!n)
			return NULL;
		for (size_t i = 0; i < n; i++) {
			b[i].text = d->s->p[from + i].text;
			sign(b + i);
		}
		pthread_mutex_lock(&d->lock);
		for (size_t i = 0; i < n; i++)
			if (b[i].says && !fold_find(d->f, &b[i].m))
				fold_put(d->f, &b[i].m, (int64_t)++d->stories);
		pthread_mutex_unlock(&d->lock);
	}
}

/* Half of a feed is new, half a copy with one character in ten edited. */
static void speed(const struct set *s, size_t all)
{
	struct set feed = { .a = s->a, .p = NEWN(s->a, struct post, all), .cap = all };
	size_t bytes = 0;
	for (size_t i = 0; i < all; i++) {
		struct str t = s->p[any((uint32_t)s->n)].text;
		t = any(2) ? edited(s->a, s, t, 10) : edited(s->a, s, t, 80);
		bytes += t.n;
		VEC_PUSH(s->a, feed.p, feed.n, feed.cap, ((struct post){ .text = t }));
	}
	double from = seconds(CLOCK_THREAD_CPUTIME_ID);
	for (size_t i = 0; i < all; i++)
		sign(feed.p + i);
	printf("signature: %.1f us of processor time a post of %.0f bytes\n", (seconds(CLOCK_THREAD_CPUTIME_ID) - from) * 1e6 / (double)all, (double)bytes / (double)all);
	for (int round = 0; round < 3; round++) {
		struct feed d = { &feed, fold_new((size_t)1 << 16), PTHREAD_MUTEX_INITIALIZER, 0, all, 0 };
		pthread_t t[2];
		double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		for (int i = 0; i < 2; i++)
			must(!pthread_create(t + i, NULL, work, &d));
		for (int i = 0; i < 2; i++)
			pthread_join(t[i], NULL);
		wall = seconds(CLOCK_MONOTONIC) - wall;
		cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		printf("two threads: %.0f posts a second (%.0f by processor time), %zu posts, %zu stories\n", (double)all / wall, 2 * (double)all / cpu, all, d.stories);
		fold_free(d.f);
	}
}

int main(int argc, char **argv)
{
	verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	argv += verbose;
	argc -= verbose;
	const char *data = argc > 1 ? argv[1] : getenv("XA_DATA"), *src = getenv("XA_SRC");
	ARENA a = arena_new(0);
	if (!data)
		data = arena_printf(a, "%s/../shared/data", src ? src : ".");
	struct set s = { .a = a };
	load(&s, arena_printf(a, "%s/hostile/cold-dev.csv", data));
	load(&s, arena_printf(a, "%s/hostile/cold-train.csv", data));
	if (!s.n)
		return 0;
	size_t says = 0;
	for (size_t i = 0; i < s.n; i++) {
		says += sign(s.p + i);
		s.letters += s.p[i].m.letters;
	}
	printf("%zu comments, %zu of 8 letters or more, %.0f letters each\n", s.n, says, (double)s.letters / (double)s.n);
	struct fold *f = fold_new((size_t)1 << 16);
	quality(&s, f);
	fold_free(f);
	speed(&s, 200000);
	return 0;
}
