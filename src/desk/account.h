/* What the pages of accounts and of the self-check show; see account.c. */
#ifndef XA_DESK_ACCOUNT_H
#define XA_DESK_ACCOUNT_H
#include "face/face.h"
struct staff_account_page {
	struct str id, name, login, changed, last, since, waits, link, error, reason, host;
	bool none, ready, factor, asleep, self;
	bool may_link, may_factor;      /* system administrator; security administrator */
	int64_t recovery, links, failures;
};
struct safety_line { const char *grave; struct str word, title, wrong, todo; };
struct safety_page { struct safety_line *rows; size_t n; int64_t dangers, warnings, unknown; struct str checked; };
extern const struct route account_routes[];
enum err account_extra(struct req *rq, const struct rec *r, struct html *ret);
#endif
