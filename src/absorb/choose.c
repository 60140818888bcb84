/* Why: the list of who could mediate proposes, a person decides; and why she decided otherwise than the list is worth knowing, for the list as for whoever asks
 * later why it went to just this one.
 * Invariants: nobody is refused for not being first; who is as good as the first needs no reason; the reason is a code, and other words stand in the note. */
#include "absorb/absorb.h"
#include "people/people.h"

enum { LOOKED_AT = 12 };

static bool worse(const struct mediator_pick *x, const struct mediator_pick *first)
{
	bool fx = x->load >= x->capacity, ff = first->load >= first->capacity;
	return fx != ff ? fx : x->score < first->score;
}

enum err absorb_choice(struct ctx *c, const struct rec *old, struct rec *now)
{
	struct mediator_pick p[LOOKED_AT];
	size_t n = 0, at = 0;
	struct str reason = rec_str(c, now, "choice");
	if (!now->owner || now->owner == old->owner || c->depth || c->actor->role == ROLE_SYSTEM) {
		rec_clear(now, "choice");
		return OK;
	}
	const char *no;
	TRY(people_assignable(c, now->owner, now->id, &no));
	if (no)        /* that is said by itself */
		return OK;
	TRY(people_suggest_mediator(c, &(struct mediator_ask){ .area = now->area, .kind = rec_str(c, now, "kind"), .speech = rec_str(c, now, "speech"), .kase = now->id }, p, LOOKED_AT, &n));
	/* Who has it already is not proposed to herself when it is to be given to another. */
	size_t first = n && old->owner && p[0].staff == old->owner ? 1 : 0;
	while (at < n && p[at].staff != now->owner)
		at++;
	if (first >= n || (at < n && !worse(&p[at], &p[first]))) {
		rec_clear(now, "choice");
		return OK;
	}
	if (!reason.n)
		fault_field(c->f, "choice", N_("She is not the first of those suggested. You decide; please say why, so that it can be seen later."), NULL);
	else if (str_is(code_more(c->app->codes, "choice", reason, "note"), "1") && !rec_changed(c, old, now, "note"))
		fault_field(c->f, "note", N_("Please say in the note why."), NULL);
	return OK;
}
