/* Why: what an office keeps of a case leaves the house as one file, and the journal says who took it.
 * Invariants: noted before a byte of it leaves; the file's name says nothing but the number. */
#include "desk/paper_pages.h"
#include "absorb/bound.h"
#include "templates.h"

static enum err bound_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct bound sum;
	int64_t id = req_path_id(rq, "id");
	struct str side = req_param(rq, "side");
	TRY(absorb_bound(c, id, side, &rs->body, &sum));
	resp_file(rs, rq, "application/pdf", arena_fmt(c->a, "case-%lld.pdf", (long long)id));
	return journal_note(c, "print", "case", id, "ok", arena_fmt(c->a, "{\"paper\":\"bound\",\"side\":\"%.*s\",\"pages\":%d,\"papers\":%d,\"scans\":%d}",
		side.n ? (int)side.n : 4, side.n ? side.p : "both", sum.pages, sum.papers, sum.scans));
}

enum err bound_case(struct req *rq, const struct rec *kase, struct buf *ret)
{
	struct ctx *c = ctx_of(rq);
	struct bound_panel m = { arena_fmt(c->a, "/case/%lld/bound", (long long)kase->id), arena_fmt(c->a, "/case/%lld/bound?side=a", (long long)kase->id),
		arena_fmt(c->a, "/case/%lld/bound?side=b", (long long)kase->id) };
	if (kase->sight == SIGHT_FULL && !access_glass(c, kase) && rec_has(kase, "accepted"))
		t_bound_panel(ret, &face_of(rq)->v, &m);
	return OK;
}

const struct route paper_routes[] = {
	XA_ROUTE("GET", "/case/{id}/bound", bound_get, ROUTE_SLOW, ROUTE_EXPORT, R_FED | R(MEDIATOR) | R(LIAISON)),
	{ 0 },
};
