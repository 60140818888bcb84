/* Why: the clue asks one question of whatever engine there is; this is the engine of triage.h answering it.
 * Making the patterns takes most of a second of computing: whoever asks first makes them, and a server lets a thread do it
 * ahead while it already answers; commands that screen nothing never pay for it. */
#include "sense/clue.h"
#include "sense/triage.h"
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* An engine in use by so many verdicts, and by the judge itself while it is the one. */
struct loaded { struct triage_engine *engine; int users; };
struct judge { struct sense_judge face; _Atomic(struct loaded *) now; _Atomic int64_t model, phrases; bool warming; pthread_t maker; pthread_mutex_t lock; };

static struct loaded *loaded_new(struct triage_engine *e)
{
	struct loaded *l = xalloc(sizeof *l);
	*l = (struct loaded){ e, 1 };
	return l;
}

static void leave(struct judge *j, struct loaded *l)
{
	pthread_mutex_lock(&j->lock);
	bool last = --l->users == 0;
	pthread_mutex_unlock(&j->lock);
	if (!last)
		return;
	triage_close(l->engine);
	free(l);
}

/* The one in force, to be given back by leave(). The rules and the model are part of the program and tested with it: when they cannot
 * be read the program is broken. */
static struct loaded *take_engine(struct judge *j)
{
	struct fault f = { 0 };
	struct triage_engine *e = NULL;
	pthread_mutex_lock(&j->lock);
	if (!j->now) {
		if (triage_open(&e, &f) != OK) {
			fprintf(stderr, "xiaoan: the screening's rules cannot be read: %s\n", f.detail);
			abort();
		}
		j->now = loaded_new(e);
	}
	struct loaded *l = j->now;
	l->users++;
	pthread_mutex_unlock(&j->lock);
	return l;
}

void sense_judge_put(const struct sense_judge *self, struct triage_engine *e, struct sense_version version)
{
	struct judge *j = (struct judge *)(uintptr_t)self;
	pthread_mutex_lock(&j->lock);
	struct loaded *was = j->now;
	j->now = loaded_new(e);
	j->model = version.model;
	j->phrases = version.phrases;
	pthread_mutex_unlock(&j->lock);
	if (was)
		leave(j, was);
}

/* Nobody waits here for the first engine to be made. */
struct sense_version sense_judge_version(const struct sense_judge *self)
{
	const struct judge *j = (const struct judge *)self;
	return (struct sense_version){ j->model, j->phrases };
}

enum err sense_judge_engine(const struct sense_judge *self, struct triage_engine **ret, struct fault *f)
{
	struct judge *j = (struct judge *)(uintptr_t)self;
	struct loaded *l = take_engine(j);
	enum err e = triage_with(l->engine, NULL, 0, ret, f);
	leave(j, l);
	return e;
}

static void *warm(void *arg)
{
	leave(arg, take_engine(arg));
	malloc_trim(0);      /* making it takes tens of MiB, which glibc keeps otherwise */
	return NULL;
}

static enum err run(const struct sense_judge *self, struct ctx *c, struct str text, struct sense_verdict *ret)
{
	struct judge *j = (struct judge *)(uintptr_t)self;
	/* Still being made: an I/O thread with other people's pages to bring must not wait for it; the act itself will. */
	if (c->ahead && !db_can_write(c->db) && !j->now)
		return fail(c->f, ERR_BUSY, NULL, "the screening is not ready");
	struct triage *t = NEW(c->a, struct triage);
	BUF_AUTO signals = BUF(4096), json = BUF((size_t)1 << 20);
	struct loaded *l = take_engine(j);
	triage_text(l->engine, c->a, text, t);      /* the signs' names stand in the engine: it is left when they have been read */
	for (size_t i = 0; i < t->nsignals; i++) {
		const struct triage_signal *s = &t->signals[i];
		bool counts = !s->negated && !s->reported && code_find(c->app->codes, "signal", str_of(s->code));
		if (!counts || (signals.n && str_find(buf_view(&signals), arena_fmt(c->a, ",%s,", s->code)) >= 0))
			continue;
		buf_printf(&signals, "%s%s,", signals.n ? "" : ",", s->code);
	}
	triage_json(&json, t);
	leave(j, l);
	struct sense_verdict v = { .family = t->family || t->check, .score = (int64_t)(t->score * 1000), .signals = arena_str(c->a, buf_view(&signals)),
				   .kind = str_of(t->kind), .grade = str_of(t->grade), .org_kind = str_of(t->unit), .json = arena_str(c->a, buf_view(&json)) };
	*ret = v;
	return OK;
}

const struct sense_judge *sense_judge_new(void)
{
	struct judge *j = xalloc(sizeof *j);
	j->face.run = run;
	pthread_mutex_init(&j->lock, NULL);
	return &j->face;
}

void sense_judge_warm(const struct sense_judge *self)
{
	struct judge *j = (struct judge *)(uintptr_t)self;
	j->warming = pthread_create(&j->maker, NULL, warm, j) == 0;
}

void sense_judge_free(const struct sense_judge *self)
{
	struct judge *j = (struct judge *)(uintptr_t)self;
	if (!j)
		return;
	if (j->warming)
		pthread_join(j->maker, NULL);
	if (j->now)
		leave(j, j->now);
	pthread_mutex_destroy(&j->lock);
	free(j);
}
