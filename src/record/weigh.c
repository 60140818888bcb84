/* Why: which condition should lead a list depends on how many records hold its value: a hotline takes a quarter of a city's clues, a small
 * town a few hundred. So that is asked once in a while, up to a ceiling beyond which the difference no longer matters, and remembered.
 * Invariants: a weight changes the speed of a list, never what is in it; nothing here fails. */
#include "record/inner.h"
#include <pthread.h>
#include <stdlib.h>

#define HOLD (6 * MS_HOUR)
#define SLOTS 1024

struct weights {
	_Atomic int64_t from;   /* records of a type: fewer are not weighed */
	pthread_mutex_t lock;   /* guards v */
	struct { uint64_t key; int64_t from, n; } v[SLOTS];
};

struct weights *weights_new(void)
{
	struct weights *w = xalloc(sizeof *w);
	must(pthread_mutex_init(&w->lock, NULL) == 0);
	w->from = WEIGHT_MAX;
	return w;
}

void weights_from(struct weights *w, int64_t records) { w->from = records; }

void weights_free(struct weights *w)
{
	if (w)
		pthread_mutex_destroy(&w->lock);
	free(w);
}

static uint64_t mixed(uint64_t h, const void *p, size_t n)
{
	const unsigned char *b = p;
	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return (h ^ 0xff) * 0x100000001b3u;
}

static uint64_t key_of(const struct plan *p, const struct part *a, const struct part *b)
{
	uint64_t h = mixed(0xcbf29ce484222325u, p->table, strlen(p->table));
	const struct part *both[] = { a, b };
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		if (!both[i])
			continue;
		const struct val *v = &both[i]->args[0];
		h = mixed(h, both[i]->col, strlen(both[i]->col));
		h = v->t == V_INT ? mixed(h, &v->i, sizeof v->i) : mixed(h, v->s.p ? v->s.p : "", v->s.n);
	}
	return h | 1;
}

static int64_t count(struct ctx *c, const struct plan *p, const struct part *a, const struct part *b)
{
	struct fault ignored = { 0 };
	struct val args[2];
	size_t n = 0;
	int64_t ret = WEIGHT_MAX;
	BUF_AUTO sql = BUF(1024);
	buf_printf(&sql, "SELECT CAST(COUNT(*) AS INTEGER) FROM (SELECT 1 FROM %s r WHERE 1 = 1", p->table);
	if (a) {
		buf_printf(&sql, " AND r.%s = ?", a->col);
		args[n++] = a->args[0];
	}
	if (b) {
		buf_printf(&sql, " AND r.%s = ?", b->col);
		args[n++] = b->args[0];
	}
	buf_printf(&sql, " LIMIT %d) x", WEIGHT_MAX);
	return db_int(c->db, &ignored, sql.p, args, n, &ret, NULL) == OK ? ret : WEIGHT_MAX;
}

int64_t weigh(struct ctx *c, const struct plan *p, const struct part *a, const struct part *b)
{
	struct weights *w = c->app->weights;
	uint64_t key = key_of(p, a, b);
	int64_t n = -1;
	pthread_mutex_lock(&w->lock);
	if (w->v[key % SLOTS].key == key && c->now >= w->v[key % SLOTS].from && c->now < w->v[key % SLOTS].from + HOLD)
		n = w->v[key % SLOTS].n;
	pthread_mutex_unlock(&w->lock);
	if (n >= 0)
		return n;
	n = count(c, p, a, b);
	pthread_mutex_lock(&w->lock);
	w->v[key % SLOTS].key = key;
	w->v[key % SLOTS].from = c->now;
	w->v[key % SLOTS].n = n;
	pthread_mutex_unlock(&w->lock);
	return n;
}

bool weighs(struct ctx *c, const struct plan *p) { return weigh(c, p, NULL, NULL) >= c->app->weights->from; }
