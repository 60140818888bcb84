/* Why: the system administrator must see at a glance whether there is a good backup; she sees times and sizes, never content. */
#include "desk/backups.h"
#include "record/backup.h"
#include "templates.h"

static enum err backups_get(struct req *rq, struct resp *rs)
{
	struct ctx *c = ctx_of(rq);
	struct backups_page m = { .on = c->app->backups != NULL };
	struct backup_info *v = NULL;
	size_t n = 0;
	if (m.on)
		TRY(backup_list(c->a, c->app->backups, &v, &n, c->f));
	m.rows = NEWN(c->a, struct backup_line, n + 1);
	for (size_t i = 0; i < n; i++)
		m.rows[m.n++] = (struct backup_line){ datetime_str(c->a, v[i].made), arena_fmt(c->a, "%.1f MiB", (double)v[i].bytes / (1 << 20)),
			arena_fmt(c->a, "%lld", (long long)v[i].journal_size), arena_fmt(c->a, "%.16s…", v[i].file_sha256) };
	m.late = !n || c->now - v[0].made > 26 * MS_HOUR;
	if (c->app->log) {
		const char *bad = backup_log_error(c->app->log);
		int64_t last = backup_log_last(c->app->log);
		m.log_at = last ? datetime_str(c->a, last) : STR_NONE;
		m.log_error = bad ? arena_str(c->a, str_of(bad)) : STR_NONE;
	}
	TRY(face_shell(rq, N_("Backups")));
	t_backups_page(&rs->body, &face_of(rq)->v, &m);
	return OK;
}

const struct route backup_routes[] = {
	XA_ROUTE("GET", "/backups", backups_get, ROUTE_SLOW, 0, R(ADMIN)),
	{ 0 },
};
