/* A kept paper as somebody reads it, of a type: "issued" or "office_paper". */
#ifndef XA_TEST_SHEET_H
#define XA_TEST_SHEET_H
#include "river.h"
#include "absorb/issued.h"

static enum err sheet_of(struct city *p, struct actor w, const char *type, int64_t id, struct document *d)
{
	struct ctx c;
	struct rec *r;
	struct actor *kept = NEW(p->a, struct actor);
	*kept = w;
	ctx_at(p, &c, kept);
	NEED_OK(ctx_read(&c));
	return issued_sheet(&c, type, id, d, &r);
}
#endif
