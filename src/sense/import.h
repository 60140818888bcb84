/*
 * Files of clues: which column is what, what becomes of each row, and the run that keeps the good ones.
 *
 * Owns the tables import_batch, import_bad and import_map (migrations/0021_import.sql) and the folder DATA/import/, where an
 * upload lies sealed until it was run. Every row goes through act("clue", "create") as the person who uploads it, in a
 * savepoint of its own; a batch of rows and the count of where one stands are committed together, so that a killed run goes on
 * where it was and a file run twice makes nothing twice. Tests: tests/sense/import.c, fuzz/import.c.
 */
#ifndef XA_IMPORT_H
#define XA_IMPORT_H
#include "record/record.h"
#include "sense/tab.h"

/* What a column may be. */
enum import_field {
	IM_NONE, IM_EXTERNAL, IM_RECEIVED, IM_TITLE, IM_TEXT, IM_NAME, IM_PHONE, IM_ADDRESS, IM_AREA, IM_URGENCY, IM_SAFE_NOTE,
	IM_A_NAME, IM_A_PHONE, IM_A_IDNO, IM_B_NAME, IM_B_PHONE, IM_B_IDNO, IM_COUNT
};
const char *import_field_name(enum import_field f);      /* of the clue: "external_id"; "" for NONE */
const char *import_field_label(enum import_field f);     /* message id */
enum import_field import_field_of(struct str name);      /* IM_NONE when unknown */

struct import_map { unsigned char field[TAB_COLS]; };
/* How many of these cells are known names of columns: for tab_open(). */
int import_head_known(const struct str *cells, size_t n);
/* By the names of the columns, and where they say nothing by what stands in them. */
CHECKED enum err import_guess(const struct tab *t, struct import_map *ret, struct fault *f);
/* The mapping this channel used for the same columns last time. */
CHECKED enum err import_map_recall(struct ctx *c, struct str channel, const struct tab *t, struct import_map *ret, bool *ret_found);
/* Remembers it; on a writer. */
CHECKED enum err import_map_keep(struct ctx *c, struct str channel, const struct tab *t, struct str map);
/* "#0=external_id,#3=text": places from 0; also with names of columns, or a bare number where no column is called so. ERR_INVALID names the part that is wrong. */
CHECKED enum err import_map_parse(const struct tab *t, struct str text, struct import_map *ret, struct fault *f);
struct str import_map_text(struct arena *a, const struct import_map *m);

/* ---- a run ---- */

enum import_outcome { IMPORT_GOOD, IMPORT_DUP, IMPORT_BAD };
struct import_verdict {
	int64_t row;
	enum import_outcome outcome;
	const char *reason;                   /* message id, of a bad one */
	char arg[96], column[48];             /* column: the field's name */
	bool warned;                          /* a cell did not fit its field and was kept in the text, or is a formula */
	struct str values[IM_COUNT];          /* what the fields become; live during the callback */
};
struct import_counts { int64_t rows, good, dup, bad, warned, at; };

struct import_run {
	const struct tab *tab;
	struct import_map map;
	struct str channel, area;             /* area: of rows that name none */
	const struct actor *actor;
	bool dry;                             /* everything is tried and nothing kept */
	int64_t batch;                        /* 0: no books are kept (dry run) */
	int64_t limit;                        /* rows; 0: all */
	int64_t budget_ms;                    /* stop after a batch that ends later than this; 0: never */
	struct import_counts start;           /* where an earlier part stopped */
	void (*each)(void *arg, const struct import_verdict *v);       /* after its batch was committed; may be NULL */
	void (*progress)(void *arg, const struct import_counts *n);    /* after each batch; may be NULL */
	void *arg;
};
/* c is on no writer. ret_more: it stopped at its budget. An error means that the store failed: nothing of the running batch
 * was kept, all before it was. */
CHECKED enum err import_run(struct ctx *c, const struct import_run *r, struct import_counts *ret, bool *ret_more);

/* ---- the books ---- */

struct import_batch {
	int64_t id, who, org, ms, finished;
	struct str channel, name, sha256, area, map, state, error;     /* state: new running done failed dropped; error: message id */
	int sheet;
	struct import_counts n;
};
/* Takes a file in: sealed under DATA/import/. ERR_LIMIT past 64 MiB. Must not run on a writer. */
CHECKED enum err import_take(struct ctx *c, struct str name, struct str channel, struct str bytes, int64_t *ret_id);
/* The same without keeping the file, for a command that holds it; an unfinished run of the same file, channel and person goes on. */
CHECKED enum err import_begin(struct ctx *c, struct str name, struct str channel, struct str bytes, struct import_batch *ret);
/* What the actor uploaded; the city sees all of them. ERR_NOT_FOUND. */
CHECKED enum err import_get(struct ctx *c, int64_t id, struct import_batch *ret);
CHECKED enum err import_list(struct ctx *c, int limit, struct import_batch **ret, size_t *ret_n);
/* Its table, read again from the sealed file into a. */
CHECKED enum err import_table(struct ctx *c, const struct import_batch *b, struct arena *a, struct tab *ret);
/* Fixes mapping, sheet and area, remembers the mapping for the channel, and (start) puts the job that runs it. */
CHECKED enum err import_start(struct ctx *c, const struct import_batch *b, const struct tab *t, const struct import_map *m, struct str area, bool start);
CHECKED enum err import_finish(struct ctx *c, int64_t id, const char *state, const char *error);   /* also removes the file */
struct import_bad { int64_t row; struct str column, reason, arg; };
CHECKED enum err import_bads(struct ctx *c, int64_t id, int64_t after, int limit, struct import_bad **ret, size_t *ret_n);
/* struct job_kind "import": arg is the batch's id. Runs some seconds' worth and puts itself again. */
enum err import_job(struct ctx *c, struct str arg);

/* The area that a person's words name ("杨舍镇花园浜社区3幢", "320582100"), or absent when none or several fit. */
struct str sense_area_of(struct ctx *c, struct str words);
/* The names of the city's towns and communities, for extract_text(); to be freed with extract_places_free(). */
struct extract_places;
struct extract_places *sense_places(struct ctx *c);
/* Which unit screens what comes from outside: the town of the place, else the city; never the community alone, where the clerk may
 * be a neighbour or kin of those concerned. 0: there is none. */
CHECKED enum err sense_desk_for(struct ctx *c, struct str area, int64_t *ret);
/* The city's own code: the shortest of the area list. */
struct str sense_city(struct ctx *c);

#endif
