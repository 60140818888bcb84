/* Why: who acts and which unit answers for a place, asked by every face and wing.
 * Invariants: these answer with ids, never with a record the actor may not see. */
#include "people/inner.h"

static enum err load_org(struct ctx *c, int64_t id, struct rec **ret)
{
	struct ctx in = ctx_inside(c);
	return see_one(&in, "org", id, ret);
}

/* "08:30-17:30" in minutes of the day. */
bool hours_read(struct str s, int *ret_from, int *ret_to)
{
	if (s.n != 11 || s.p[2] != ':' || s.p[5] != '-' || s.p[8] != ':')
		return false;
	static const unsigned char at[8] = { 0, 1, 3, 4, 6, 7, 9, 10 };
	int d[8];
	for (int i = 0; i < 8; i++) {
		if (s.p[at[i]] < '0' || s.p[at[i]] > '9')
			return false;
		d[i] = s.p[at[i]] - '0';
	}
	int from = (d[0] * 10 + d[1]) * 60 + d[2] * 10 + d[3], to = (d[4] * 10 + d[5]) * 60 + d[6] * 10 + d[7];
	if (d[2] > 5 || d[6] > 5 || to > 24 * 60 || from >= to)
		return false;
	*ret_from = from;
	*ret_to = to;
	return true;
}

/* The end of her post, or of today's hours, whichever is first; a moment that has passed shuts everything. */
static enum err time_of_post(struct ctx *c, const struct rec *staff, int64_t *ret)
{
	int from, to;
	int64_t end = rec_has(staff, "leaves") ? rec_int(staff, "leaves") + MS_DAY : 0;
	if (end && c->now >= end)
		return fail(c->f, ERR_AUTH, N_("Your post has ended. Please ask your administrator."), "past her last day");
	if (hours_read(rec_str(c, staff, "hours"), &from, &to)) {
		int64_t day = day_start(day_of(c->now)), close = day + to * MS_MINUTE;
		if (c->now < day + from * MS_MINUTE || c->now >= close)
			return fail(c->f, ERR_AUTH, N_("Outside the hours of your post nothing opens."), "outside her hours");
		end = end && end < close ? end : close;
	}
	*ret = end;
	return OK;
}

enum err people_actor_of(struct ctx *c, const struct rec *staff, struct str org_kind, struct actor *ret)
{
	struct actor w = { .user = staff->id };
	w.role = role_of(rec_str(c, staff, "role"));
	if (!rec_in(staff, "active") || w.role == ROLE_NONE)
		return fail(c->f, ERR_AUTH, N_("This account is closed. Please ask your administrator."), "user %lld is %.*s", (long long)staff->id,
			    (int)staff->state.n, staff->state.p);
	if (staff->area.n >= sizeof w.area)
		return fail(c->f, ERR_INTERNAL, NULL, "area of user %lld", (long long)staff->id);
	memcpy(w.area, staff->area.p, staff->area.n);
	TRY(time_of_post(c, staff, &w.until));
	w.org = staff->org;
	w.name = rec_str(c, staff, "name");
	if (org_kind.n && org_kind.n < sizeof w.org_kind)
		memcpy(w.org_kind, org_kind.p, org_kind.n);
	*ret = w;
	return OK;
}

enum err people_actor(struct app *app, struct db *db, struct arena *a, int64_t user, struct actor *ret, struct fault *f)
{
	struct ctx c;
	struct rec *staff;
	ROWS r = NULL;
	int at;
	ctx_init(&c, app, a, f, &actor_system);
	c.db = db;
	enum err e = rec_joined(&c, &(struct rec_join){ "staff", "o.kind", "LEFT JOIN org o ON o.id = r.org WHERE r.id = ?" }, ARGS(VI(user)), &staff, &r, &at);
	if (e == ERR_NOT_FOUND)
		return fail(f, ERR_AUTH, NULL, "no user %lld", (long long)user);
	TRY(e);
	return people_actor_of(&c, staff, rows_text(r, at), ret);
}

enum err people_by_login(struct app *app, struct db *db, struct arena *a, struct str login, int64_t *ret_user, struct fault *f)
{
	struct ctx c;
	struct seen s;
	ctx_init(&c, app, a, f, &actor_system);
	c.db = db;
	/* "|" would make two names of one. */
	if (!login.n || login.n > 40 || memchr(login.p, '|', login.n))
		return fail(f, ERR_NOT_FOUND, NULL, NULL);
	const struct filter by[] = { { STR("login"), login }, { STR("state"), STR("active") } };
	TRY(see(&c, &(struct see){ .type = "staff", .filters = by, .nfilters = 2, .limit = 1 }, &s));
	if (!s.n)
		return fail(f, ERR_NOT_FOUND, NULL, NULL);
	*ret_user = s.r[0]->id;
	return OK;
}

enum err people_org_for(struct ctx *c, struct str area, const char *kind, int64_t *ret)
{
	static const size_t cuts[] = { 15, 12, 9, 6 };
	struct ctx in = ctx_inside(c);
	struct seen s;
	BUF_AUTO places = BUF(128);
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		if (area.n < cuts[i])
			continue;
		if (places.n)
			buf_char(&places, '|');
		buf_put(&places, area.p, cuts[i]);
	}
	*ret = 0;
	if (!places.n)
		return OK;
	const struct filter by[] = { { STR("place"), buf_view(&places) }, { STR("kind"), str_of(kind) }, { STR("state"), STR("active") } };
	TRY(see(&in, &(struct see){ .type = "org", .filters = by, .nfilters = ARRAY_LEN(by), .oldest = true }, &s));
	size_t best = 0;
	for (size_t i = 0; i < s.n; i++)
		if (s.r[i]->area.n > best) {
			best = s.r[i]->area.n;
			*ret = s.r[i]->id;
		}
	return OK;
}

enum err people_org_above(struct ctx *c, int64_t org, int64_t *ret)
{
	struct rec *r;
	TRY(load_org(c, org, &r));
	*ret = rec_int(r, "above");
	return OK;
}

enum err people_org_level(struct ctx *c, int64_t org, int *ret)
{
	struct ctx in = ctx_inside(c);
	struct rec *r;
	int64_t level = 0;
	TRY(see_if(&in, "org", org, &r));
	if (r)
		(void)str_int(code_more(c->app->codes, "org_kind", rec_str(&in, r, "kind"), "level"), &level);
	*ret = (int)level;
	return OK;
}

enum err people_org_under(struct ctx *c, int64_t org, int64_t top, bool *ret)
{
	*ret = false;
	for (int i = 0; i < 8 && org; i++) {
		if (org == top) {
			*ret = true;
			return OK;
		}
		TRY(people_org_above(c, org, &org));
	}
	return OK;
}

enum err people_staff_of(struct ctx *c, int64_t org, enum role role, int64_t *ret, size_t max, size_t *ret_n)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	const struct filter by[] = {
		{ STR("org"), arena_fmt(c->a, "%lld", (long long)org) }, { STR("state"), STR("active") },
		{ STR("role"), role == ROLE_NONE ? STR("") : str_of(role_name(role)) },
	};
	TRY(see(&in, &(struct see){ .type = "staff", .filters = by, .nfilters = ARRAY_LEN(by), .oldest = true, .limit = max > 500 ? 500 : (int)max }, &s));
	for (size_t i = 0; i < s.n && i < max; i++)
		ret[i] = s.r[i]->id;
	*ret_n = s.n < max ? s.n : max;
	return OK;
}

enum err people_with_role(struct ctx *c, enum role role, int64_t *ret, size_t max, size_t *ret_n)
{
	struct ctx in = ctx_inside(c);
	struct seen s;
	const struct filter by[] = { { STR("role"), str_of(role_name(role)) }, { STR("state"), STR("active") } };
	TRY(see(&in, &(struct see){ .type = "staff", .filters = by, .nfilters = ARRAY_LEN(by), .oldest = true, .limit = (int)max }, &s));
	for (size_t i = 0; i < s.n && i < max; i++)
		ret[i] = s.r[i]->id;
	*ret_n = s.n < max ? s.n : max;
	return OK;
}

enum err people_grid_of(struct ctx *c, struct str area, int64_t *ret_grid, int64_t *ret_worker)
{
	struct ctx in = ctx_inside(c);
	struct seen s = { 0 };
	const struct filter by[] = { { STR("code"), area } };
	if (area.n == 15)
		TRY(see(&in, &(struct see){ .type = "grid", .filters = by, .nfilters = 1, .limit = 1 }, &s));
	if (ret_grid)
		*ret_grid = s.n ? s.r[0]->id : 0;
	if (ret_worker)
		*ret_worker = s.n ? rec_int(s.r[0], "worker") : 0;
	return OK;
}
