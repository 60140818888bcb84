/* Why: an assessor asks who may see what, and a table written by hand is wrong the week after. This one is printed from the grants,
 * steps and routes that decide it; a test holds docs/permissions.md to it. */
#include "api/api.h"
#include "cli/cli.h"
#include "desk/paper_pages.h"
#include "desk/account.h"
#include "desk/audit.h"
#include "desk/backups.h"
#include "desk/calendar_pages.h"
#include "desk/desk.h"
#include "desk/documents.h"
#include "desk/export_pages.h"
#include "desk/import_pages.h"
#include "desk/intake.h"
#include "desk/report_pages.h"
#include "desk/counsel_pages.h"
#include "desk/protect_pages.h"
#include "desk/side_pages.h"
#include "desk/sign_pages.h"
#include "desk/studio_pages.h"
#include "desk/care_pages.h"
#include "desk/dispatch_pages.h"
#include "desk/hot_pages.h"
#include "desk/model_pages.h"
#include "desk/phrase_pages.h"
#include "desk/post_pages.h"
#include "desk/manual_pages.h"
#include "desk/visit_pages.h"
#include "desk/work_pages.h"
#include "desk/roster_pages.h"
#include "desk/term_pages.h"
#include "face/face.h"
#include "portal/portal.h"
#include "portal/wechat.h"
#include <stdio.h>

const struct route *const all_routes[] = { face_routes, portal_routes, wechat_routes, api_routes, document_routes, import_routes, intake_routes, report_routes, backup_routes, side_routes, paper_routes, sign_routes, work_routes, roster_routes, term_routes, protect_routes, counsel_routes, studio_routes, care_routes, fair_routes, dispatch_routes, hot_routes, model_routes, phrase_routes, post_routes, visit_routes, manual_routes, calendar_routes, export_routes, audit_routes, account_routes, desk_routes, NULL };

static const enum role columns[] = { ROLE_CITY, ROLE_TOWN, ROLE_COMMUNITY, ROLE_GRID, ROLE_MEDIATOR, ROLE_HOTLINE, ROLE_LIAISON, ROLE_LEADER, ROLE_AUDITOR, ROLE_ADMIN,
				     ROLE_SECADMIN };
#define COLUMNS ARRAY_LEN(columns)

static const char *scope_word(enum scope s)
{
	static const char *const w[] = { [SC_NONE] = "–", [SC_ALL] = "all", [SC_AREA] = "area", [SC_ORG] = "unit", [SC_OWN] = "own", [SC_SELF] = "self",
					 [SC_OWNER] = "in charge", [SC_TEAM] = "team", [SC_GLASS] = "emergency", [SC_OTHERS] = "others'", [SC_PARENT] = "reader" };
	return w[s];
}

static void head(struct buf *b, const char *first)
{
	buf_printf(b, "\n| %s |", first);
	for (size_t i = 0; i < COLUMNS; i++)
		buf_printf(b, " %s |", role_name(columns[i]));
	buf_cstr(b, "\n|---|");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_cstr(b, "---|");
	buf_char(b, '\n');
}

/* "full: team, emergency; masked: area". A state or an approval that is asked for besides is marked: * and +. */
static void sights(struct buf *b, const struct rtype *t, enum role r)
{
	bool any = false;
	for (int s = SIGHT_FULL; s > SIGHT_NONE; s--) {
		bool open = false;
		for (size_t i = 0; i < t->nread; i++) {
			const struct grant *g = &t->read[i];
			if (!(g->roles & 1u << r) || (int)g->sight != s || t->level > role_ceiling(r))
				continue;
			bool child = t->guard != GUARD_NONE && s == SIGHT_FULL && !g->head && g->scope != SC_GLASS;
			buf_printf(b, "%s%s%s%s", open ? ", " : s == SIGHT_FULL ? "full: " : any ? "; masked: " : "masked: ", scope_word(g->scope), g->states ? "\\*" : "",
				   child ? "+" : "");
			open = any = true;
		}
	}
	buf_cstr(b, any ? "" : "–");
}

static void put_types(struct buf *b)
{
	buf_cstr(b, "### Reading\n\nLevels: 1 internal, 2 personal, 3 sensitive, 4 sealed. full: everything; masked: names, phones and addresses in part, narratives not at "
		    "all; –: there is no such record.\n\\*: only in some states (not yet dispatched, not yet screened). +: where a child is concerned, with a recorded approval "
		    "only.\n");
	buf_cstr(b, "reader: who reads the record it belongs to in full, and not by an emergency opening.\n");
	head(b, "record (level)");
	for (const struct rtype *const *t = all_types; *t; t++) {
		buf_printf(b, "| %s (%d)%s |", (*t)->name, (*t)->level, (*t)->guard != GUARD_NONE ? " ⚿" : "");
		for (size_t i = 0; i < COLUMNS; i++) {
			buf_char(b, ' ');
			sights(b, *t, columns[i]);
			buf_cstr(b, " |");
		}
		buf_char(b, '\n');
	}
	buf_cstr(b, "\n⚿: a conflict of interest shuts it, whatever else is granted.\n");
}

/* Rows of one verb are put together: a role takes it within any of their scopes. */
static void put_verb(struct buf *b, const struct rtype *t, size_t at)
{
	const char *verb = t->steps[at].verb;
	buf_printf(b, "| %s.%s%s |", t->name, verb, t->steps[at].flags & STEP_FRESH ? " ⏱" : "");
	for (size_t i = 0; i < COLUMNS; i++) {
		unsigned said = 0;
		for (size_t k = at; k < t->nsteps; k++) {
			const struct step *s = &t->steps[k];
			if (strcmp(s->verb, verb) != 0 || (s->flags & STEP_INTERNAL) || !(s->roles & 1u << columns[i]) || said & 1u << s->scope)
				continue;
			buf_printf(b, "%s%s", said ? ", " : " ", scope_word(s->scope));
			said |= 1u << s->scope;
		}
		buf_cstr(b, said ? " |" : " – |");
	}
	buf_char(b, '\n');
}

static void put_steps(struct buf *b)
{
	buf_cstr(b, "\n### Steps\n\nThe scope within which a role may take a step; the record must be in a state from which the step leads, and not hidden.\n"
		    "⏱: she must have shown within the last five minutes (setting fresh.minutes) that it is she.\n");
	head(b, "step");
	for (const struct rtype *const *t = all_types; *t; t++)
		for (size_t i = 0; i < (*t)->nsteps; i++) {
			bool first = !((*t)->steps[i].flags & STEP_INTERNAL);
			for (size_t k = 0; k < i; k++)
				first &= strcmp((*t)->steps[k].verb, (*t)->steps[i].verb) != 0 || ((*t)->steps[k].flags & STEP_INTERNAL);
			if (first)
				put_verb(b, *t, i);
		}
}

static void put_routes(struct buf *b)
{
	buf_cstr(b, "\n### Routes\n\n✓: the post has this address at all; what it shows is decided record by record. open: no log-in asked.\n");
	head(b, "route");
	for (const struct route *const *t = all_routes; *t; t++)
		for (const struct route *r = *t; r->method; r++) {
			buf_printf(b, "| %s `%s` |", r->method, r->pattern);
			for (size_t i = 0; i < COLUMNS; i++)
				buf_printf(b, " %s |", r->flags & ROUTE_OPEN ? "open" : r->right & 1u << columns[i] ? "✓" : "–");
			buf_char(b, '\n');
		}
}

void matrix_put(struct buf *b)
{
	put_types(b);
	put_steps(b);
	put_routes(b);
}

int cmd_matrix(struct cli *x)
{
	struct buf b = BUF((size_t)4 << 20);
	(void)x;
	matrix_put(&b);
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
	return 0;
}
