/* Why: the clue asks one question of whatever engine there is; this is the engine of triage.h answering it. */
#include "sense/clue.h"
#include "sense/triage.h"
#include <stdlib.h>

struct judge { struct sense_judge face; struct triage_engine *engine; };

static enum err run(const struct sense_judge *self, struct ctx *c, struct str text, struct sense_verdict *ret)
{
	const struct judge *j = (const struct judge *)self;
	struct triage *t = NEW(c->a, struct triage);
	BUF_AUTO signals = BUF(4096), json = BUF((size_t)1 << 20);
	triage_text(j->engine, c->a, text, t);
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
	struct triage_engine *e;
	TRY(triage_open(&e, f));
	struct judge *j = xalloc(sizeof *j);
	j->face.run = run;
	j->engine = e;
	*ret = &j->face;
	return OK;
}

void sense_judge_close(const struct sense_judge *j)
{
	if (!j)
		return;
	triage_close(((struct judge *)(uintptr_t)j)->engine);
	free((void *)(uintptr_t)j);
}
