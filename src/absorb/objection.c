/* Why: who does not trust the mediator tells nothing true, or signs what she will not keep (人民调解法 19: mediators are chosen by the parties, too).
 * Who does what: the team writes down which side asks for another mediator and why; the unit's head or the federation's desk gives the case to another, or says
 * why she stays. Invariants: she who is objected to does not decide; until it is decided nobody mediates; what was objected stays on the case. */
#include "absorb/absorb.h"

enum err objection_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (rec_has(old, "object_at"))
		return fail(c->f, ERR_STATE, N_("Another mediator was asked for already; it is not decided yet."), NULL);
	if (str_is(rec_str(c, now, "object_reason"), "other") && !rec_has(now, "object_note"))
		fault_field(c->f, "object_note", N_("Please fill this in."), NULL);
	rec_set_int(now, "object_at", c->now);
	return OK;
}

enum err objected(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, 0, now->org, now, N_("A party asks for another mediator: please decide"));
}

enum err objection_keep_check(struct ctx *c, const struct rec *old, struct rec *now)
{
	if (!rec_has(old, "object_at"))
		return fail(c->f, ERR_STATE, N_("Nobody asks for another mediator."), NULL);
	if (!c->depth && c->actor->user && c->actor->user == old->owner)
		return fail(c->f, ERR_DENIED, N_("She who is objected to does not decide. Please leave it to the head of the unit or the federation."), NULL);
	rec_clear(now, "object_at");
	return OK;
}

enum err objection_kept(struct ctx *c, const struct rec *old, struct rec *now)
{
	(void)old;
	return notice_put(c, now->owner, 0, now, N_("The mediator stays: please tell the party why"));
}
