/*
 * Lists that leave the house (security S17, S38): up to fifty rows at once, more only after a second person has agreed.
 *
 * Owns the record type export and the files made for it (migrations/0133_export.sql), kept sealed in the store for 24 hours. What is masked
 * is masked in a file too, narratives and sealed entries never are in one. Each file says who made it, when and under which number, on
 * every sheet and page; and the order of its rows is that number's: export_order() tells from a file without any mark whose it was. Tests: tests/report/export.c.
 */
#ifndef XA_REPORT_EXPORT_H
#define XA_REPORT_EXPORT_H
#include "paper/paper.h"
#include "record/record.h"

extern const struct rtype export_type;

#define EXPORT_LIFE (24 * MS_HOUR)

struct export_ask {
	const struct rtype *t;
	struct filter f[24];
	size_t nf;
	struct str words;
	int cols[40];            /* fields, in the catalogue's order */
	size_t ncols;
	bool csv;
};
/* Lines of "name<TAB>value" ("q": words) into the filters of an asking. The texts stay where they are. */
void export_conditions(struct str text, struct export_ask *q);
/* What an office may set: rows at once (setting "export.rows", 50), files a person and day ("export.day", 5). */
CHECKED enum err export_limits(struct ctx *c, int64_t *ret_rows, int64_t *ret_day);
/* May this field stand in a file at all? Plain and masked ones, no narratives. */
bool export_column(const struct rtype *t, size_t i);
/* The rows the actor of c may see, in the order of `number`, as a table with its marks. ERR_LIMIT past max. */
CHECKED enum err export_table(struct ctx *c, const struct export_ask *q, struct str number, int64_t max, struct table *ret);
CHECKED enum err export_write(struct ctx *c, const struct table *t, bool csv, struct buf *ret);
/* Where a row stands among others in a file of that number. */
uint64_t export_order(struct ctx *c, struct str number, int64_t rid);
/* Writer: one more file today, or ERR_RATE. what: for the journal. */
CHECKED enum err export_count(struct ctx *c, const char *type, int64_t rid, size_t rows, bool csv);
/* Writer: asks for a file of more rows: a record of type export. purpose: ten characters or more. */
CHECKED enum err export_ask_for(struct ctx *c, const struct export_ask *q, struct str purpose, struct done *ret);
/* Writer: the file of an export that is ready, for who asked for it; counted and journaled. ERR_STATE when it is not there any more. */
CHECKED enum err export_fetch(struct ctx *c, int64_t id, struct str *ret_bytes, bool *ret_csv, struct str *ret_number);
/* Jobs: makes an approved one; forgets what is older than its day. */
CHECKED enum err export_job(struct ctx *c, struct str arg);
CHECKED enum err export_sweep_job(struct ctx *c, struct str arg);

#endif
