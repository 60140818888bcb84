/* Why: the clue asks one question of whatever engine there is; this is the engine of triage.h answering it.
 * Making the patterns takes most of a second of computing: a thread does it while the server already answers, and the first
 * clue waits for it. */
#include "sense/clue.h"
#include "sense/triage.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct judge { struct sense_judge face; struct triage_engine *engine; bool ready; pthread_t maker; pthread_mutex_t lock; pthread_cond_t made; };

/* The rules and the model are part of the program and tested with it: when they cannot be read the program is broken. */
static void *make_engine(void *arg)
{
	struct judge *j = arg;
	struct triage_engine *e;
	struct fault f = { 0 };
	if (triage_open(&e, &f) != OK) {
		fprintf(stderr, "xiaoan: the screening's rules cannot be read: %s\n", f.detail);
		abort();
	}
	pthread_mutex_lock(&j->lock);
	j->engine = e;
	j->ready = true;
	pthread_cond_broadcast(&j->made);
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

static const struct triage_engine *engine_of(struct judge *j)
{
	pthread_mutex_lock(&j->lock);
	while (!j->ready)
		pthread_cond_wait(&j->made, &j->lock);
	const struct triage_engine *e = j->engine;
	pthread_mutex_unlock(&j->lock);
	return e;
}

static enum err run(const struct sense_judge *self, struct ctx *c, struct str text, struct sense_verdict *ret)
{
	struct judge *j = (struct judge *)(uintptr_t)self;
	struct triage *t = NEW(c->a, struct triage);
	BUF_AUTO signals = BUF(4096), json = BUF((size_t)1 << 20);
	triage_text(engine_of(j), c->a, text, t);
	for (size_t i = 0; i < t->nsignals; i++) {
		const struct triage_signal *s = &t->signals[i];
		bool counts = !s->negated && !s->reported && code_find(c->app->codes, "signal", str_of(s->code));
		if (!counts || (signals.n && str_find(buf_view(&signals), arena_fmt(c->a, ",%s,", s->code)) >= 0))
			continue;
		buf_printf(&signals, "%s%s,", signals.n ? "" : ",", s->code);
	}
	triage_json(&json, t);
	struct sense_verdict v = { .family = t->family || t->check, .score = (int64_t)(t->score * 1000), .signals = arena_str(c->a, buf_view(&signals)),
				   .kind = str_of(t->kind), .grade = str_of(t->grade), .org_kind = str_of(t->unit), .json = arena_str(c->a, buf_view(&json)) };
	*ret = v;
	return OK;
}

enum err sense_judge_open(const struct sense_judge **ret, struct fault *f)
{
	struct judge *j = xalloc(sizeof *j);
	j->face.run = run;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->made, NULL);
	if (pthread_create(&j->maker, NULL, make_engine, j) != 0) {
		pthread_cond_destroy(&j->made);
		pthread_mutex_destroy(&j->lock);
		free(j);
		return fail(f, ERR_INTERNAL, NULL, "no thread for the screening");
	}
	*ret = &j->face;
	return OK;
}

void sense_judge_close(const struct sense_judge *self)
{
	struct judge *j = (struct judge *)(uintptr_t)self;
	if (!j)
		return;
	pthread_join(j->maker, NULL);
	triage_close(j->engine);
	pthread_cond_destroy(&j->made);
	pthread_mutex_destroy(&j->lock);
	free(j);
}
