/* record/ among its own files. */
#ifndef XA_RECORD_INNER_H
#define XA_RECORD_INNER_H
#include "record/record.h"

/* The SQL of a type, made once from its catalogue. */
struct plan {
	const struct rtype *t;
	const char *table;
	char *select_all, *select_list;   /* "SELECT … FROM table r" with every column / without FF_HEAVY ones */
	char *select_one;                 /* select_all of one id */
	char *child_one;                  /* GUARD_SELF with `child`: 1 or 0 of one id */
	char *insert;
	char *words_put, *words_take;     /* of its search index; NULL when it has none. words_take: SQLite */
};
#define COMMON 12   /* common columns read back, in the order of rec_of_row() */

void plans_make(struct app *app);
void plans_free(struct app *app);
/* The condition that a child is concerned, on a row of a type with `child`. */
void child_sql(const struct rtype *t, const char *alias, struct buf *b);
const struct plan *plan_of(const struct app *app, const struct rtype *t);
bool field_sealed(const struct field *f);
bool field_numeric(const struct field *f);
/* The row under r, selected by select_all (all) or select_list. */
struct rec *rec_of_row(struct ctx *c, const struct plan *p, struct rows *r, bool all);
enum err rec_load(struct ctx *c, const struct plan *p, int64_t id, struct rec **ret);   /* no permission: inner use */
/* The bare row of a new record: no permission, no journal, no tally. For act(), and for benches that fill a store. */
enum err rec_write_new(struct ctx *c, const struct plan *p, struct rec *now);
struct rec *rec_copy(struct ctx *c, const struct rec *r);
struct place field_place(const struct plan *p, const struct field *f, int64_t row);
/* Value as kept: unsealed text. */
struct str value_text(struct ctx *c, const struct rec *r, int i);

/* types.c: a name, phone, ID number or address with most of it covered. */
struct str show_masked(struct ctx *c, const struct field *f, struct str v);

/* act.c: what act() is about to do. */
struct deed { const struct rtype *t; const struct plan *p; const struct step *s; struct rec *old, *now; };
/* Everything of act() before the writing: loads, checks, prepares. d->t and d->p are set by the caller. */
enum err act_decide(struct ctx *c, const struct act *in, struct deed *d);

/* ahead.c: each answers only when the value it was made of is the same. */
struct ahead {
	const struct input *in;           /* the inputs it was made of */
	size_t nin;
	int64_t id;                       /* of the new record: seals are bound to it */
	struct { struct str raw; struct value v; } *parsed;   /* beside in */
	struct rec *old, *now;            /* as decided and sealed; now NULL: it was refused */
	struct val *blind;                /* beside its fields */
	struct str words, words_was;      /* texts of now and old in the search index */
};
bool ahead_parsed(const struct ctx *c, const struct act *in, size_t k, struct value *ret);
void ahead_keep(const struct ctx *c, const struct act *in, size_t k, const struct value *v);
struct str ahead_seal(const struct ctx *c, const struct rec *now, int i);     /* absent */
bool ahead_blind(const struct ctx *c, const struct rec *now, int i, struct val *ret);
struct str ahead_words(const struct ctx *c, const struct rec *now);           /* absent */
struct str ahead_words_was(const struct ctx *c, const struct rec *old);       /* absent */

/* check.c: raw text to value; a wrong one adds a field fault and returns false. */
bool value_parse(struct ctx *c, const struct rtype *t, const struct field *f, struct str raw, struct value *ret);
/* The blind index of a value of this field under an epoch's key; NULL when nothing of it is left. A row's is of the epoch its seal is of;
 * who looks for a value asks for all of blind_epochs(). */
struct val blind_of(struct ctx *c, const struct field *f, int epoch, struct str v);
/* The epoch of the blind index that stands beside this seal. */
static inline int blind_epoch(struct str sealed) { return sealed.n && sealed.p[0] != 1 ? seal_epoch(sealed) : 0; }

/* codes.c: the cells of a line of a TSV file, trimmed. */
size_t tsv_cells(struct arena *a, struct str line, struct str **ret);
/* The first n digits of an area, "" when it is shorter: the columns town (9) and comm (12). */
static inline struct str area_cut(struct str area, size_t n) { return area.n >= n ? (struct str){ area.p, n } : STR(""); }

/* may.c */
bool scope_match(const struct ctx *c, enum scope s, const struct rec *r);
enum sight sight_of(const struct ctx *c, const struct rtype *t, const struct rec *r);
/* A condition on r with its values. col: the column that sql, which then begins with "r.", holds to one value, args[0]; or, with bit, to
 * the actor's records of that bit. more: what must hold beside it, " AND …"; states: "a|b" when that names them. */
struct part { const char *sql; const struct val *args; size_t n; const char *col, *more, *states; unsigned bit; };
#define SCOPE_PARTS 24
/* What the actor may see at least so well, as conditions of which one must hold; 0: everything. */
size_t scope_parts(struct ctx *c, const struct rtype *t, enum sight least, struct part out[SCOPE_PARTS]);
/* What must hold besides: it is not shut to her. False: nothing. */
bool shut_part(struct ctx *c, const struct rtype *t, struct part *out);
/* " AND (…)" that keeps only what the actor may see; values are appended to args. */
void scope_sql(struct ctx *c, const struct rtype *t, struct buf *sql, struct val *args, size_t *nargs);
/* No row at all: the store need not be asked. */
bool scope_none(struct ctx *c, const struct rtype *t, enum sight least);

/* see.c: how SQLite would answer this see(), a line for each step: for tests. */
enum err see_plan(struct ctx *c, const struct see *s, struct buf *ret);

/* weigh.c: how many records hold the values of one or two conditions with `col`, up to WEIGHT_MAX, as it was counted in the last hours.
 * Any thread. */
#define WEIGHT_MAX 20000
int64_t weigh(struct ctx *c, const struct plan *p, const struct part *a, const struct part *b);
bool weighs(struct ctx *c, const struct plan *p);                /* are there so many of the type that it matters? */
void weights_from(struct weights *w, int64_t records);           /* for tests: from how many on */
struct weights *weights_new(void);
void weights_free(struct weights *w);

/* access.c: of the actor of c. */
int64_t access_root(const struct rtype *t, const struct rec *r);                 /* the guarded record, or 0 */
unsigned access_mine(const struct ctx *c, const struct rtype *t, const struct rec *r);
unsigned access_any(const struct ctx *c);
bool access_broken(const struct ctx *c);
CHECKED enum err access_ready(const struct ctx *c);                             /* a store that fails is told as that, not as "not there" */
void access_none(struct ctx *c);                                                /* for a record that is new in this transaction: no row is about it */
bool access_shut(const struct ctx *c, int64_t root);                               /* ACCESS_OUT */
size_t access_roots(const struct ctx *c, unsigned bit, int64_t *ret, size_t max); /* how many there are */
/* The same as one value of a statement: what the engine reads back as a list of numbers. */
struct str access_list(const struct ctx *c, unsigned bit);
bool access_child(const struct ctx *c, const struct rtype *t, const struct rec *r);

/* search.c */
/* The low 40 bits of a token's keyed hash as one word of either engine. */
void token_letters(uint64_t h, char ret[8]);
enum err search_index(struct ctx *c, const struct plan *p, const struct rec *old, const struct rec *now);
/* The record's text in the index; absent when the type has none or nothing of it changed. */
struct str search_text(struct ctx *c, const struct plan *p, const struct rec *old, const struct rec *now);
void search_plan(struct plan *p, bool postgres);
/* Before a search on the writer. */
enum err search_settle(struct ctx *c);
/* The words as a MATCH expression or tsquery; absent when nothing is left to search for. */
struct str search_words(struct ctx *c, const struct see *s);
/* What narrows it, put behind it, to the records of which the condition may hold: places, units, own records and those of a team stand in
 * the index. Absent: the index does not know it, or they are too many to name. */
struct str search_narrow(struct ctx *c, const char *table, const struct part *p);
/* Makes the indexes anew when an older program made them (setting "search_form"). */
enum err search_renew(struct ctx *c);

/* journal.c, tally.c, due.c */
/* Rows from … to of the journal in order, with the leaf it keeps and the leaf it should have; fn stops it by an error. The row's texts
 * live until fn returns. */
enum err journal_walk(struct ctx *c, int64_t from, int64_t to, enum err (*fn)(void *arg, const struct journal_row *r, struct str kept, const unsigned char *leaf), void *arg);
/* Writer: the tree as it stands in this transaction, whose journal_head may not be written yet. */
enum err journal_tree(struct ctx *c, struct merkle *ret);
/* Writes it there now: for who is about to read journal_head itself. */
enum err journal_settle(struct ctx *c);
struct views *views_new(struct app *app);
void views_free(struct views *q);
/* "#…" of a field's value, quoted, or null: what stands in the journal for a text. */
void journal_mark(struct ctx *c, const struct rec *r, size_t i, struct buf *b);
/* "#…" of what a record has beside its fields: number, place, unit, owner, maker. */
struct str journal_row_mark(struct ctx *c, const struct rec *r);
/* What journal_act() writes of a change; old NULL: of a new record. */
struct str journal_body(struct ctx *c, const struct rec *old, const struct rec *now);
enum err journal_act(struct ctx *c, const struct rtype *t, const char *verb, const struct rec *old, const struct rec *now, struct str body);
enum err tally_apply(struct ctx *c, const struct rec *old, const struct rec *now);
enum err due_words(struct ctx *c, const struct rec *r, const char *words, enum err (*fn)(struct ctx *, const struct rec *, const char *));
enum err due_first(struct ctx *c, const struct rec *r, const char *rule);   /* due_start() of a record just made: no clock runs yet */
enum err due_follow(struct ctx *c, const struct rec *r);   /* area, org, owner of its clocks follow the record */
enum err number_next(struct ctx *c, const char *kind, int year, struct str *ret);
bool type_searches(const struct rtype *t);

/* holidays.c */
void holidays_free(struct app *app);

/* app.c: makes the tables of the program in a store. */
CHECKED enum err app_migrate(struct store *s, struct arena *a, struct fault *f);

#endif
