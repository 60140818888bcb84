/*
 * record/: the river.  The catalogue of record types, the one door act() and its twin see(), the permission check
 * may(), lifecycles, the journal, tallies, deadlines, search, codes and numbers.
 *
 * Owns every row of every record type: nothing above writes or reads those tables by another way.  May include
 * base/, store/, safe/, text/.  Knows no particular type: rooms above declare `const struct rtype x_type` tables and the
 * program registers them.  Tests: tests/record/, on both engines.
 *
 * To add a record type: one table in migrations/ with the common columns (record_common below), one struct rtype with
 * fields, states, steps and grants, one line in the registry.  Form, list, validation, JSON, OpenAPI, history, buttons,
 * flow picture and permission follow.
 */
#ifndef XA_RECORD_H
#define XA_RECORD_H
#include "base/base.h"
#include "base/clock.h"
#include "base/tr.h"
#include "safe/safe.h"
#include "store/store.h"

/* ---- who ----------------------------------------------------------------------------------------------------- */

enum role {
	ROLE_NONE, ROLE_SYSTEM /* jobs, demo, import on behalf */, ROLE_CITIZEN, ROLE_CITY, ROLE_TOWN, ROLE_COMMUNITY, ROLE_GRID,
	ROLE_MEDIATOR, ROLE_HOTLINE, ROLE_LIAISON, ROLE_LEADER, ROLE_AUDITOR, ROLE_ADMIN, ROLE_SECADMIN, ROLE_COUNT
};
#define R(x) (1u << ROLE_##x)
#define R_FED (R(CITY) | R(TOWN) | R(COMMUNITY))
#define R_STAFF (R_FED | R(GRID) | R(MEDIATOR) | R(HOTLINE) | R(LIAISON))
#define R_ANY 0xFFFFFFFFu
const char *role_name(enum role r);               /* "town": the code in codes/role.tsv */
enum role role_of(struct str name);               /* ROLE_NONE when unknown */

/* The person (or job) that acts. area: 320582, 320582100, 12 or 15 digits: all below it is hers. */
struct actor {
	int64_t user, org;
	enum role role;
	char area[24], org_kind[16];
	struct str name;          /* shown to herself only */
	const char *face;         /* desk phone portal api import job cli demo */
	int64_t until;            /* her post ends, or her hours do: from then on nothing opens; 0: no end */
	unsigned char session[8]; /* head of the session's hash, for the journal */
	int64_t proved;           /* when she last showed that it is she (steady_ms); 0: never; PROVED_ALWAYS: tests */
	/* For the journal: the staff member's address under a key (never a citizen's), 16 hex digits; through what she acts:
	 * "token:HEX", "os:NAME". "" where there is none. */
	char origin[17], agent[40];
	/* Who holds a receipt (ROLE_CITIZEN): the case and the side of it that she stands on ("a", "b" …), or only the clue that she
	 * wrote. SC_SIDE asks for them. */
	int64_t kase, clue;
	char side[8];
};

#define PROVED_ALWAYS INT64_MAX

struct access_set;
struct codes;
struct ctx;
struct held;
struct want;
struct names;
struct rtype;
struct rules;

/* What the running program has; made once, then read-only but for what locks itself. */
struct app {
	struct store *store;
	struct keyring *keys;
	struct keystore *keystore;                /* where they are kept: keystore.h */
	_Atomic(struct calendar *) calendar;      /* the one way days are read; holidays_set() puts another in its place */
	struct codes *codes;
	struct rules *rules;                      /* deadlines */
	const struct rtype *const *types;         /* NULL-terminated */
	const char *data_dir;
	bool demo;                                /* every page says so */
	_Atomic bool first;                       /* nobody is entered yet: only the first run's address answers */
	struct plan *plans;                       /* record/: SQL of each type */
	void *wechat;                             /* portal/wechat.h: its keys; NULL: not used */
	const void *triage;                       /* sense/: the loaded engine */
	/* people/: the unit above a unit; 0 at the top. Late work climbs by it. */
	enum err (*org_above)(struct ctx *c, int64_t org, int64_t *ret);
	enum err (*org_level)(struct ctx *c, int64_t org, int *ret);     /* 1 city, 2 town, 3 community, 4 grid */
	int64_t started_ms;
	const char *heads_copy;                   /* second folder for signed heads, or NULL */
	_Atomic bool heads_fail;                  /* the last head could not be written to a file */
	struct { int64_t wall, mono; } watched;   /* clock_watch(): both clocks when it last looked */
	struct weights *weights;                  /* record/: how many records hold a value, remembered */
	struct views *views;                      /* record/: who waits for her view to be noted */
	void *face;                               /* face/: what it keeps */
	_Atomic int halt;                         /* enum halt: acts are refused */
	const char *program;                      /* this program, to look at files with (record/files.h); NULL: none are taken */
	int broker;                               /* that starts it for a fenced server (base/child.h); 0: none */
	const struct serving *serving;            /* report/safety.h: how it is served; NULL: it is not */
	const char *root_key;                     /* its file */
	const char *backups;                      /* the folder of the running server's backups; NULL: none are made */
	struct backup_log *log;                   /* the log between backups; NULL */
	_Atomic(struct names *) names;            /* record/names.h; NULL until first asked for */
	_Atomic(int64_t) holidays;                /* setting "holidays" as it was when `calendar` was made */
	void *calendars;                          /* record/holidays.c: those before, for who still reads them */
	_Atomic(struct held *) numbers;           /* people/: see numbers.c; NULL until first asked for */
	_Atomic(struct held *) stories;           /* sense/: see outlet_take.c; the same */
	const void *outlet_out;                   /* sense/outlet.h: how pages are fetched; NULL: they are not */
};
/* What a room above keeps with the program, as the head of its own struct; app_close() frees it. */
struct held { void (*free)(struct held *h); };

/* Why nothing may be changed now. Pages are shown on, with a red bar; the citizens' page says whom to call. */
enum halt { HALT_NONE, HALT_ROOM /* the disk is all but full; ends by itself */, HALT_DAMAGED /* until a backup is restored */ };
const char *halt_text(enum halt h);               /* message id; NULL for none */
const char *halt_hint(enum halt h);               /* message id: what to do */

enum sight { SIGHT_NONE, SIGHT_MASKED, SIGHT_FULL };   /* how well somebody may look at a record */

struct file_made;
/* One request, job or command at work. db is a reader in see(), the writer's in act(). */
struct ctx {
	struct app *app;
	struct arena *a;
	struct db *db;
	struct fault *f;
	const struct actor *actor;
	int64_t now;              /* the moment of the act; demo loading sets it */
	enum lang lang;
	struct map *labels;       /* cache of reference labels, made when needed */
	struct want *wants;       /* labels that will be asked for: see ref_want() */
	const struct access_set *access;   /* cache: which single records are open or shut to the actor */
	struct ahead *ahead;      /* of the act under way: what act_ahead() worked out */
	int depth;                /* act() inside effects */
	/* What the journal keeps of the act beside itself: why (a code: a-z 0-9 _ - . :, at most 60; anything else is left out,
	 * for free text holds names), and the second person who agreed. */
	struct str reason;
	int64_t approver;
	bool holds;               /* the answer waits for journal_hold(): see journal_later() */
	bool undone;              /* what this job has written will be rolled back: its notes of reading too wait for journal_hold() */
	struct reading *later;      /* notes to be written before it leaves, newest first */
	int64_t until;            /* what was shown stays as true until this moment: the lights and the time left change by themselves */
	const struct file_made *file;   /* of the act under way: record/files.h */
	struct { const struct rtype *t; int64_t id, user; enum sight sight; } above;   /* SC_PARENT: the record above that was asked for last */
	struct { const struct rtype *t; int64_t id; int field; } bare;   /* the one field reveal() uncovered for this answer */
};
#define TRC(c, s) tr((c)->lang, (s))

/* ---- the catalogue --------------------------------------------------------------------------------------------- */

enum ftype {
	F_TEXT,      /* one line, max characters */
	F_LONG,      /* text with lines */
	F_INT, F_BOOL, F_MONEY /* fen */,
	F_DATE,      /* ms of the day's start */
	F_TIME,      /* ms */
	F_CODE,      /* one of code list `of` */
	F_CODES,     /* several, kept as ",a,b," */
	F_AREA,      /* division or grid code */
	F_REF,       /* id of a record of type `of` */
	F_NAME, F_PHONE, F_IDNO, F_ADDRESS,   /* text with their own checks and masks */
	F_JSON,      /* program data */
	F_SECRET     /* never shown, never in a form: password hashes */
};
enum secrecy {
	S_PLAIN,
	S_SEALED,    /* encrypted; shown in full sight only, else nothing of it: narratives, terms. Content opens by assignment */
	S_VAULT,     /* encrypted under a key class of its own; shown by nothing but the page that two persons opened (absorb/vault.c) */
	S_MASKED     /* encrypted; shown masked to everybody, and uncovered one at a time by reveal(): names, phones, addresses.
		      * Of colleagues (struct rtype, office) and of offices it stands open to who sees in full */
};
enum field_flag {
	FF_NEED = 1,      /* asked for at creation */
	FF_LIST = 2,      /* a column of the list */
	FF_FILTER = 4,    /* a filter of the list */
	FF_SEARCH = 8,    /* its words go into the keyed index */
	FF_BLIND = 16,    /* column NAME_bi holds its blind index; found by exact value */
	FF_SYSTEM = 32,   /* set by the program, never from a form or the API */
	FF_ONCE = 64,     /* only at creation */
	FF_HEAVY = 128,   /* not fetched in lists */
	FF_UNSHOWN = 256  /* not among the facts of its page: a page of its own shows it, or nobody needs it */
};
struct field {
	const char *name, *label;    /* label, help: message ids */
	enum ftype type;
	enum secrecy secrecy;
	unsigned flags;
	const char *of;              /* code list, or type of reference */
	int64_t min, max;            /* F_INT, F_MONEY: value; text: characters (max 0: 200 for a line, 20,000 for F_LONG) */
	const char *help;
	const char *standard;        /* "GB/T 31000-2015 事件简述" */
	const char *among;           /* F_REF: "kind=police": which of them a form offers; the step says what is allowed */
};

struct rec;
struct ctx;

enum scope {
	SC_NONE,
	SC_ALL,
	SC_AREA,     /* the record's area lies in the actor's */
	SC_ORG,      /* the responsible unit is the actor's */
	SC_OWN,      /* owner or creator is the actor */
	SC_SELF,     /* the record is the actor's own user record */
	SC_OWNER,    /* owner is the actor: who only made it, and was relieved of it since, is out */
	SC_TEAM,     /* she is of the team of the guarded record, or of the one it belongs to */
	SC_GLASS,    /* she has opened it in an emergency, and the opening has not ended */
	SC_OTHERS,   /* the record is about somebody else: its owner is not the actor */
	/* The wall between opposing parties: a child of the actor's case whose field "side" says her side or "both"; what has no side
	 * is nobody's. Or what answers the clue she wrote (field "clue"). A type without the field "side" gives nothing. */
	SC_SIDE,
	/* She sees the record it belongs to in full, and not by an emergency opening (for that there is SC_GLASS): what stands beside
	 * a record is for who may read the record. */
	SC_PARENT
};
/* Who may read: the grants are OR-ed, no grant: no rows. states: "a|b", only while it is in one of these; NULL: always.
 * head: whoever holds this grant is the responsible person herself, so that what concerns a child needs no other approval. */
struct grant { unsigned roles; enum scope scope; enum sight sight; const char *states; bool head; };
/* A guarded record has a team and can be shut to one person: itself, or with the record it belongs to. */
enum guard { GUARD_NONE, GUARD_SELF, GUARD_PARENT };

struct state { const char *name, *label; bool open; /* still work to do */ const char *light; /* "red" … or NULL */ };

enum step_flag {
	STEP_PRIMARY = 1,    /* the big button */
	STEP_DANGER = 2,     /* asks twice */
	STEP_INTERNAL = 4,   /* only other acts and jobs call it: never a button, never the API */
	STEP_FRESH = 8       /* she must have shown within the last minutes that it is she (S6); see fresh_need() */
};
/* One row of the lifecycle: state, verb, next state, who, what. The same row enforces, draws, lists and documents. */
struct step {
	const char *from;    /* "" creation; "*" any; "a|b" */
	const char *verb;    /* "create", "edit", "accept" … */
	const char *to;      /* "=" stays; "?" prepare() sets it */
	const char *label;   /* message id of the button */
	unsigned roles;
	enum scope scope;
	/* That may be sent: "reason! note", "!" needed; "*" all not FF_SYSTEM. The common columns "area", "org" and "owner"
	 * may stand here too: dispatch has "org! owner note". */
	const char *fields;
	/* Before writing: may look, refuse (fault_field / fail) and set fields of now. old is NULL at creation. */
	enum err (*prepare)(struct ctx *c, const struct rec *old, struct rec *now);
	/* After writing, in the same transaction: further acts. */
	enum err (*effect)(struct ctx *c, const struct rec *old, struct rec *now);
	const char *starts, *meets;   /* deadline rules (codes/deadlines.tsv): "case.accept case.first" */
	unsigned flags;
};

struct tally_cell { const char *metric; int64_t ms; struct str source, kind, grade, outcome; };
#define TALLY_MAX 8

struct rtype {
	const char *name;          /* "clue": API path */
	const char *table;         /* its table, when the name is a word of SQL ("case" stands in case_file); NULL: the name */
	const char *label, *plural;    /* message ids */
	const char *title;         /* field shown as its name in lists and references */
	const struct field *fields;
	size_t nfields;
	const struct state *states;
	size_t nstates;
	const struct step *steps;
	size_t nsteps;
	const struct grant *read;
	size_t nread;
	const char *parent;        /* type of the record it belongs to, or NULL; its area and org follow the parent */
	const char *number;        /* kind of the human number ("线" gives 线〔2026〕00012号), or NULL */
	int level;                 /* L1…L4: reads of 3 and 4 are journaled */
	bool unlisted;             /* is in no list, search, export or count: found only by its parent or its id */
	bool many;                 /* a million of them: lists go by the indexes of migration 0210 (see.c) */
	bool file;                 /* its records are files: record/files.h */
	bool office;               /* people at their work: who sees the record in full sees their names without asking */
	/* The tally cells in which the record counts, a function of the record alone. */
	int (*tallies)(const struct rec *r, struct tally_cell out[TALLY_MAX]);
	/* Checks across fields after each change; may be NULL. */
	enum err (*check)(struct ctx *c, const struct rec *old, struct rec *now);
	/* Only for a clue: the name of the field whose deadline amounts go by grade. */
	const char *grade;
	/* Whose time runs by this rule, when it is not the record's unit; NULL: always the record's. */
	int64_t (*whose)(const struct rec *r, struct str rule);
	enum guard guard;
	/* GUARD_SELF: the plain field that says a child is concerned (a yes of F_BOOL, or the code "yes"). Full sight of it and of
	 * what belongs to it then needs a recorded approval (未成年人网络保护条例 36). */
	const char *child;
	/* The plain yes-or-no field of the parent without which no page offers to make one ("violence"): not a rule, only what is shown. */
	const char *offered;
};

struct value { bool set; int64_t i; struct str s, sealed; };
/* A record in memory, in the context's arena. v[] runs beside type->fields. */
struct rec {
	const struct rtype *t;
	int64_t id, version, parent, org, owner, creator, created, updated;
	struct str state, number, area;
	struct value *v;
	enum sight sight;           /* how the actor of the see() may look at it */
	int bare;                   /* 1 + the field uncovered by reveal(); 0: none */
};

const struct rtype *type_find(const struct app *app, struct str name);   /* NULL */
int field_at(const struct rtype *t, const char *name);                   /* aborts on an unknown name: our bug */
int field_find(const struct rtype *t, struct str name);                  /* -1 */
/* Plain values for rules (no masks). Text unseals on demand; a broken seal gives absent and logs nothing. */
struct str rec_str(struct ctx *c, const struct rec *r, const char *field);
int64_t rec_int(const struct rec *r, const char *field);
bool rec_has(const struct rec *r, const char *field);
void rec_set_str(struct rec *r, const char *field, struct str v);        /* in prepare(): v must live in the arena */
void rec_set_int(struct rec *r, const char *field, int64_t v);
void rec_clear(struct rec *r, const char *field);
/* What goes under the blind index: phones to digits, names without blanks and dots. Two values are one when these are. */
struct str blind_form(struct ctx *c, const struct field *f, struct str v);
bool rec_in(const struct rec *r, const char *states);                    /* state is one of "a|b" */
bool rec_changed(struct ctx *c, const struct rec *old, const struct rec *now, const char *field);
/* Is the field kept from the actor of the see()? Sealed ones while her sight is not full; masked ones of citizens (level 2 and above)
 * from everybody, until reveal() uncovers that one. */
bool rec_hides(const struct rec *r, int field);
/* Could reveal() uncover it for her: it holds something, is covered, and her sight is full? */
bool rec_covers(const struct rec *r, int field);
/* What a person sees: labels for codes, dates as text, names of references, masks by the record's sight. */
struct str rec_show(struct ctx *c, const struct rec *r, int field);
struct str id_text(struct ctx *c, int64_t id);                           /* as inputs and filters take it */
struct str rec_title(struct ctx *c, const struct rec *r);                /* number, or title field, or #id */
struct str state_label(struct ctx *c, const struct rec *r);
struct str ref_label(struct ctx *c, const char *type, int64_t id);       /* "" for 0 or unseen */
bool ref_open(struct ctx *c, const char *type, int64_t id);              /* may the actor open it? A link only then */
/* Its label will be asked for soon: the next one of its type that is not at hand brings it along, so that a page costs one statement a type
 * of reference and not one a reference. */
void ref_want(struct ctx *c, const char *type, int64_t id);
/* The same of all references of these records that a list shows (FF_LIST), or (whole) a page: with unit and owner. */
void rec_wants(struct ctx *c, struct rec *const *r, size_t n, bool whole);
/* As it would stand in a form's input (codes as codes, dates 2026-11-24); absent when rec_hides(). */
struct str rec_input(struct ctx *c, const struct rec *r, int field);

/* ---- the door ------------------------------------------------------------------------------------------------------ */

struct input { struct str name, value; };       /* raw, as it came: act() validates */
struct act {
	const char *type, *verb;
	int64_t id;              /* 0 at creation */
	int64_t version;         /* of the record the actor saw; 0: whatever it is now (jobs, effects) */
	int64_t parent;          /* at creation of a child */
	const struct input *in;
	size_t nin;
	struct str area;         /* at creation: "" takes the parent's, else field "area", else the actor's */
	int64_t org, owner;      /* at creation: 0 takes the actor's unit, nobody */
	struct str idem;         /* idempotency key: the same key by the same actor gives the first answer again */
	struct ahead *ahead;     /* act_ahead()'s; NULL: nothing was worked out ahead */
};
struct done { int64_t id, version; struct rec *rec; bool again; /* answered from the idempotency key */ };
/* Must run on a writer connection (c->db), inside store_write or ROUTE_WRITE. Faults say field, rule and what to do.
 * On ERR_STALE the caller shows both versions. Internal steps are open only to effects (depth > 0) and ROLE_SYSTEM. */
CHECKED enum err act(struct ctx *c, const struct act *in, struct done *ret);
/* On a reader, before the act goes to the writer: works out all of it that depends on nothing but what was sent, so that the
 * writer has to do no more than what must be in the transaction. Decides nothing and refuses nothing: act() does, again from
 * the start, and takes over only what is still the same. The inputs and c->a must live until then. For one act() only. */
void act_ahead(struct ctx *c, struct act *in);
/* In prepare(): sets the fields `set` ("a b") as act_ahead() made them, when it made them from the same record and the fields `from`
 * are the same. False: work them out. For what costs and is a function of `from` alone. */
bool act_recall(struct ctx *c, struct rec *now, const char *from, const char *set);
/* Writer: forgets idempotency keys older than 30 days. A daily job. */
CHECKED enum err idem_sweep(struct ctx *c);
/* S6: what reaches far needs a proof of a few minutes ago (setting fresh.minutes, 5) that it is she: password, or second factor where she
 * has one. ERR_FRESH otherwise. act() asks for every step with STEP_FRESH; what is no step asks here. The system is never asked. */
CHECKED enum err fresh_need(struct ctx *c);
#define FRESH_MINUTES 5
/* act() from inside an effect: runs as the system on behalf of the actor (journal keeps both). */
CHECKED enum err act_inner(struct ctx *c, const struct act *in, struct done *ret);
/* The same, ahead and then through store_write(), for callers that are on no writer. Result record is copied into c->a. */
CHECKED enum err act_now(struct ctx *c, const struct act *in, struct done *ret);
#define INPUT(n, v) ((struct input){ STR(n), (v) })
#define INPUTS(...) .in = (const struct input[]){ __VA_ARGS__ }, .nin = sizeof((const struct input[]){ __VA_ARGS__ }) / sizeof(struct input)

/* Fields without a step: what effects and prepare() may set on OTHER records through act_inner(verb "set") is declared by an
 * INTERNAL step of that type. */

/* Has the actor's role any grant on this type? Whether there are pages of it for her at all; which records, see() says.
 * t may be NULL: no. */
bool type_readable(const struct ctx *c, const struct rtype *t);
/* The one permission check. r may be NULL for creation. Read is verb "view". */
enum may { MAY_ALLOW, MAY_MASK, MAY_DENY, MAY_HIDE };
enum may may(const struct ctx *c, const struct rtype *t, const char *verb, const struct rec *r);
/* The highest level of record that a role may ever be granted: a mandatory label, whatever the grants say (GB/T 22239-2019
 * 8.1.4.2 g). The three administrators and leaders stay below 3. */
int role_ceiling(enum role r);

/* ---- opening and shutting single records ----
 * Rows that follow from a record src (an assignment, a conflict of interest, an emergency opening): only from the effects of its
 * steps, so that each change of a permission is an act. rid: the guarded record (GUARD_SELF). */
enum access_bit {
	ACCESS_TEAM = 1,    /* of its team: SC_TEAM */
	ACCESS_CHILD = 2,   /* the responsible person has approved that she sees what concerns a child */
	ACCESS_GLASS = 4,   /* emergency opening: SC_GLASS */
	ACCESS_OUT = 8      /* conflict of interest: for her there is no such record (security.md S14) */
};
CHECKED enum err access_put(struct ctx *c, const struct rec *src, int64_t staff, int64_t rid, unsigned bits, int64_t since, int64_t until);
#define ACCESS_EVER INT64_MAX
/* Who is shut out of `from` is shut out of `to` as well, for as long. */
CHECKED enum err access_copy_out(struct ctx *c, int64_t from, int64_t to);
CHECKED enum err access_drop(struct ctx *c, const struct rec *src);    /* all rows of src */
/* What holds for somebody now, or'd. */
CHECKED enum err access_bits(struct ctx *c, int64_t staff, int64_t rid, unsigned *ret);
/* The emergency opening by which the actor sees r, or 0. */
int64_t access_glass(const struct ctx *c, const struct rec *r);
/* A time limit of codes/limit.tsv in force on a day, in ms ("minor_approval", "glass"); 0 when there is none. */
int64_t limit_ms(const struct codes *cs, const char *rule, int64_t at);

/* Steps the actor may take on r now (for buttons); internal ones left out. */
size_t steps_open(const struct ctx *c, const struct rtype *t, const struct rec *r, const struct step **ret, size_t max);
/* The step of this verb from the record's state (NULL: none). */
const struct step *step_find(const struct rtype *t, const char *verb, struct str state);
/* Iterates the words of step.fields: name into ret, *ret_need. */
bool step_field(const char **at, struct str *ret, bool *ret_need);

struct filter { struct str field, value; };     /* field: a FF_FILTER field, "state", "area", "org", "owner", "parent", "number", "open", "created_from", "created_to", a field of time with "_from" or "_to"; several values: "a|b" */
struct see {
	const char *type;
	const struct filter *filters;
	size_t nfilters;
	struct str words;        /* search in the narratives and numbers; absent: none */
	const int64_t *ids;      /* only these (names.h), and of them what the actor reads in full; NULL: any */
	size_t nids;
	int64_t after;           /* key paging: ids below this one (newest first); 0: from the newest */
	bool oldest;             /* oldest first: then `after` means above */
	int limit;               /* 0: 50, at most 500 */
};
struct seen { struct rec **r; size_t n; int64_t next; /* for `after`; 0: no more */ };
CHECKED enum err see(struct ctx *c, const struct see *q, struct seen *ret);
/* One record, or ERR_NOT_FOUND when it is not there or must seem so. */
CHECKED enum err see_one(struct ctx *c, const char *type, int64_t id, struct rec **ret);
/* The same where none is no fault: *ret NULL, and what c->f holds stands. */
CHECKED enum err see_if(struct ctx *c, const char *type, int64_t id, struct rec **ret);
CHECKED enum err see_children(struct ctx *c, const char *type, int64_t parent, struct seen *ret);  /* oldest first, 500 */
/* A record of the type with columns of what is joined to it ("r" is the record): SELECT its columns, more FROM its table r rest. No
 * permission: for who finds out who asks. *ret_rows stands on the row, whose columns of `more` begin at *ret_col. ERR_NOT_FOUND. */
struct rec_join { const char *type, *more, *rest; };
CHECKED enum err rec_joined(struct ctx *c, const struct rec_join *j, const struct val *args, size_t nargs, struct rec **ret, struct rows **ret_rows, int *ret_col);
/* Of which of these types she sees any with this parent, in one statement: the others need not be asked for. What is there and kept from
 * her costs what is not there. */
CHECKED enum err see_which(struct ctx *c, int64_t parent, const struct rtype *const *types, size_t n, bool *ret);
/* Exact match of a FF_BLIND field ("phone"): the value is normalised here. */
CHECKED enum err see_same(struct ctx *c, const char *type, const char *field, struct str value, struct seen *ret);
/* The same for several values of one field at once, at most 200 records: for rules that ask as the system. */
CHECKED enum err see_any(struct ctx *c, const char *type, const char *field, const struct str *values, size_t n, struct seen *ret);
/* Counts what the actor may see, up to `cap` (it stops there). */
CHECKED enum err see_count(struct ctx *c, const struct see *q, int64_t cap, int64_t *ret);

/* ---- uncovering what is masked (GB/T 35273 7.2; security S16, S38) ------------------------------------------------------ */

/* Writer: uncovers one masked field of one record for the rest of this context, when the actor's sight of the record is full.
 * Journaled (verb "reveal", the field's name, never its value) and counted: the same field of the same record counts once a day.
 * ERR_RATE past the day's limit (setting "reveal.day", 30) with who can lift it; her unit and the security administrators are told
 * when the limit is reached. ERR_DENIED without full sight, ERR_NOT_FOUND when she may not see the record or it holds nothing. */
CHECKED enum err reveal(struct ctx *c, const char *type, int64_t id, struct str field);
/* The same for what is kept in the vault; asks nothing and writes nothing: its caller has (absorb/vault.c). */
void vault_bare(struct ctx *c, struct rec *r, int field);
/* Who uncovered how much on the days from … to (inclusive), most first: for the auditor's board. extra: allowed beyond the limit. */
struct reveal_row { int64_t user; int32_t day; int64_t n, times, extra; struct str name; };
CHECKED enum err reveal_counts(struct ctx *c, int32_t from, int32_t to, struct reveal_row **ret, size_t *ret_n);
/* Writer: lets a person uncover `more` further fields today. Only the security administrator, never for herself. Journaled. */
CHECKED enum err reveal_lift(struct ctx *c, int64_t user, int64_t more);
CHECKED enum err reveal_limit(struct ctx *c, int64_t *ret);
/* Table setting: a value, absent where none is; and, on the writer, another in its place. */
CHECKED enum err setting_text(struct ctx *c, const char *name, struct str *ret);
CHECKED enum err setting_put(struct ctx *c, const char *name, struct str value);
/* A number that an office may set (table setting), within lo…hi; `usual` when it is not set or is none. */
CHECKED enum err setting_count(struct ctx *c, const char *name, int64_t usual, int64_t lo, int64_t hi, int64_t *ret);

/* ---- codes and areas -------------------------------------------------------------------------------------------------- */

struct code { struct str code, zh, en, parent; const struct str *more; /* further columns, see codes_col */ };
/* Every codes/NAME.tsv that is embedded, and the list "area" from areas_tsv. */
CHECKED enum err codes_load(struct codes **ret, struct fault *f);
void codes_free(struct codes *cs);
const struct code *codes_list(const struct codes *cs, const char *list, size_t *ret_n);   /* NULL when unknown */
const struct code *code_find(const struct codes *cs, const char *list, struct str code);   /* NULL */
struct str code_label(const struct codes *cs, const char *list, struct str code, enum lang lang);  /* the code when unknown */
struct str code_more(const struct codes *cs, const char *list, struct str code, const char *column); /* absent */
struct str area_label(const struct ctx *c, struct str area);              /* "杨舍镇 花园浜社区", grids by their last 3 digits */
static inline bool area_within(struct str area, const char *of) { return str_starts(area, of); }

/* ---- holidays entered while the program runs (holidays.c) ---- */

/* On the writer: what was entered beside codes/holidays.tsv, as lines of that table, each year after a line "#year<TAB>YYYY": such a year stands for the
 * table's. In force in this process when the job has been committed, in others of the same store within a minute. Terms that run already stay. */
CHECKED enum err holidays_set(struct ctx *c, struct str lines);
/* On a reader: takes what another process has entered. At the start, and by a job. */
CHECKED enum err holidays_refresh(struct ctx *c);

/* ---- deadlines ------------------------------------------------------------------------------------------------------------ */

/* A rule row of codes/deadlines.tsv, valid on a day. */
CHECKED enum err rules_load(struct rules **ret, struct fault *f);
void rules_free(struct rules *r);
/* A running clock of a record. */
enum due_state { DUE_RUNNING, DUE_SUSPENDED, DUE_MET, DUE_CANCELLED };
struct due {
	int64_t id, rid, start, due, first_due, met, org, owner, suspended_at;
	struct str type, rule, area, why;   /* why: lines of how it came about, see due_explain() */
	enum due_state state;
	int level;                          /* how often it climbed */
};
CHECKED enum err due_start(struct ctx *c, const struct rec *r, const char *rule);
CHECKED enum err due_start_at(struct ctx *c, const struct rec *r, const char *rule, int64_t due_ms, const char *why);
CHECKED enum err due_meet(struct ctx *c, const struct rec *r, const char *rule);   /* no such clock: fine */
CHECKED enum err due_cancel(struct ctx *c, const struct rec *r);                   /* all running ones: closing, merging */
CHECKED enum err due_extend(struct ctx *c, const struct rec *r, const char *rule, int64_t new_due, struct str reason);
CHECKED enum err due_suspend(struct ctx *c, const struct rec *r, struct str reason);
CHECKED enum err due_resume(struct ctx *c, const struct rec *r);
CHECKED enum err due_list(struct ctx *c, const char *type, int64_t rid, struct due **ret, size_t *ret_n);
/* Running clocks of records the actor answers for (own, unit, area below), soonest first. late_only: past due. */
CHECKED enum err due_mine(struct ctx *c, enum scope scope, bool late_only, int limit, struct due **ret, size_t *ret_n);
struct str due_explain(struct ctx *c, const struct due *d);                        /* sentences: rule, basis, start, skipped days, pauses */
struct str due_rule_label(struct ctx *c, struct str rule);
/* When a term that began at start ends by this rule, and by which law or agreement: for what is no record. */
bool due_rule_holds(struct ctx *c, const char *rule, int64_t start);      /* it was in force then */
CHECKED enum err due_rule_end(struct ctx *c, const char *rule, int64_t start, int64_t *ret_due, struct str *ret_basis);
enum light { LIGHT_NONE, LIGHT_GREEN, LIGHT_YELLOW, LIGHT_RED };
enum light due_light(const struct ctx *c, const struct due *d);                    /* yellow: inside the rule's warning time */
/* When what due_light() says of it changes by itself; INT64_MAX: never. */
int64_t due_turns(const struct ctx *c, const struct due *d);
/* Who is told when a clock of this rule in this unit is late: at once, a working day later, and one more; 0: nobody is above. Column "escalate" of the
 * table: the unit above, or at once the nearest of the town's or the city's level. */
#define DUE_CLIMBS 3
CHECKED enum err due_ladder(struct ctx *c, struct str escalate, int64_t org, int64_t ret[DUE_CLIMBS]);
/* The rules in force today, in the table's order; amounts as texts by grade (red, orange, yellow, blue), "" where no time runs. */
struct due_row { struct str rule, type, label, basis, escalate, by_grade[4], warn; int32_t from; };
void due_rows(struct ctx *c, struct due_row **ret, size_t *ret_n);
/* Job: lets late clocks climb to the level above, with a notice. Returns how many. */
CHECKED enum err due_escalate(struct ctx *c, int *ret);
/* Job: tells who leads it, once, when a clock has turned yellow. */
CHECKED enum err due_remind(struct ctx *c);

/* ---- notices (in-app), journal, tallies, numbers -------------------------------------------------------------------------------- */

/* Writer: the next of a series of a year, "督〔2026〕00012号". */
CHECKED enum err number_next(struct ctx *c, const char *kind, int year, struct str *ret);
/* Writer: the next part of what has the number `of` ("…之3"), beyond the `seen` that there are already. Drawn in the transaction: two at once get two. */
CHECKED enum err number_part(struct ctx *c, struct str of, int64_t seen, int64_t *ret);

struct notice { int64_t id, ms, rid; struct str type, text; bool read; };
/* To a user, or (user 0) to everybody of a unit. text is a message id; it never holds a name. */
CHECKED enum err notice_put(struct ctx *c, int64_t user, int64_t org, const struct rec *about, const char *text);
CHECKED enum err notice_list(struct ctx *c, int limit, struct notice **ret, size_t *ret_n);
/* How many are unread, up to cap: the actor's own and her unit's; none about what is shut to her. */
CHECKED enum err notice_count(struct ctx *c, int64_t cap, int64_t *ret);
CHECKED enum err notice_read(struct ctx *c, int64_t id);
/* Writer: all of the actor's and her unit's up to c->now. */
CHECKED enum err notice_read_all(struct ctx *c);

/* One entry; docs/journal.md has the bytes that are hashed. format: of its leaf. name: of the user, as the reader may see it. */
struct journal_row {
	int64_t seq, ms, user, org, rid, version, format, approver;
	struct str role, face, verb, type, outcome, body, session, origin, agent, reason, name;
};
/* For what is no record change: log-in, log-out, denial, export, reveal, print. body: JSON without personal data. */
CHECKED enum err journal_note(struct ctx *c, const char *verb, const char *type, int64_t rid, const char *outcome, struct str body);
/* Somebody reads (verb "view", "list"): the note must be durable before a byte of the answer leaves (security.md S30). On a writer
 * it is appended at once; in a context whose answer is held (c->holds) it is kept in c->later for journal_hold(), so that an I/O
 * thread never waits and all who read meanwhile share one commit; elsewhere this waits for the commit itself. */
CHECKED enum err journal_later(struct ctx *c, const char *verb, const char *type, int64_t rid, struct str body);
/* Of a record; under an emergency opening it names that ("glass"). */
CHECKED enum err journal_view(struct ctx *c, const struct rec *r);
struct reading { const char *verb, *type; int64_t rid; struct str body; struct reading *next; struct str reason; };
/* The notes of one answer on their way; must live until done(). */
struct viewing {
	struct app *app;
	struct actor actor;
	int64_t now;
	const struct reading *notes;
	int64_t version;        /* the answer was kept under this store_version(): any other now gives ERR_STALE and no note; 0: just made */
	void (*done)(void *arg, enum err e, struct fault *f);   /* once, on a writer's thread, after the commit */
	void *arg;
	enum err result;        /* the room's own */
	struct viewing *next;
};
void journal_hold(struct viewing *v);
/* What was done to a record, oldest first. Who only looked at it stands in the journal itself, which auditors read. */
CHECKED enum err journal_of(struct ctx *c, const char *type, int64_t rid, struct journal_row **ret, size_t *ret_n);
/* Entries, newest first, that fit what is asked (0, absent: not asked for). Key paging: seq below `before`. verb "reads": views,
 * lists and searches; "refusals": what was denied or refused. At most 500. */
struct journal_ask { int64_t before, user, rid, from_ms, to_ms; struct str verb, type, role, outcome; int limit; };
CHECKED enum err journal_find(struct ctx *c, const struct journal_ask *q, struct journal_row **ret, size_t *ret_n);
/* The number of the first entry at or after ms (one past the last when there is none): by halving, since seq grows with time but
 * for seconds. */
CHECKED enum err journal_seq_at(struct ctx *c, int64_t ms, int64_t *ret);
/* Recomputes every leaf, the root and every signed head; names the first bad row (0: it is the head that is wrong). why: a
 * message id whose %s is arg; NULL: all is whole. Without a keyring (a backup) the signatures
 * alone are not looked at. For `xiaoan journal verify`; xiaoan-verify does the same and more from outside. */
struct journal_report { uint64_t size; unsigned char root[32]; int64_t bad_seq, heads; const char *why; char arg[64]; };
CHECKED enum err journal_verify(struct ctx *c, struct journal_report *ret);

/* Who has looked at a record (谁看过, S33): once for each person, post, way and reason, the last first; at most 200. verb: view,
 * reveal, print, export. name as the reader may see it. */
struct journal_look { int64_t user, org, n, first, last; struct str role, verb, reason, name, unit; };
CHECKED enum err journal_looks(struct ctx *c, const char *type, int64_t rid, struct journal_look **ret, size_t *ret_n);
/* What happened in a span of time, counted by person, verb, outcome and hour (ms / 3,600,000); and who opened which records, the most
 * often first, at most max. */
struct journal_count { int64_t user, org, hour, n, rid; struct str role, verb, outcome; };
CHECKED enum err journal_counts(struct ctx *c, int64_t from_ms, int64_t to_ms, struct journal_count **ret, size_t *ret_n);
struct journal_pair { int64_t user, rid, n, last; struct str type, role; };
CHECKED enum err journal_pairs(struct ctx *c, int64_t from_ms, int64_t to_ms, int max, struct journal_pair **ret, size_t *ret_n);

/* ---- proving the journal (docs/journal.md) ---- */

/* A signed head: so many entries had this root at ms. key: head of the SHA-256 of the public key, hex. */
struct tree_head { int64_t number, size, ms; unsigned char root[32], signature[64]; char key[17]; };
/* The newest head; *ret_found false: none was signed yet. */
CHECKED enum err head_last(struct ctx *c, struct tree_head *ret, bool *ret_found);
/* Signs a head when entries came since the last one and it is time (256 of them, or a minute), or at once (now); appends it to
 * DATA/heads/DAY.jsonl and to the second folder. A file that cannot be written is told in app->heads_fail, and is no error: the next
 * head proves all that this one did. Every few seconds, and at the end of the program. */
#define HEAD_ENTRIES 256
#define HEAD_MS MS_MINUTE
CHECKED enum err head_tick(struct ctx *c, bool now);
/* One line of JSON without a newline: what xiaoan-verify reads as --head. */
void head_json(struct ctx *c, const struct tree_head *h, struct buf *ret);
/* Entries from … to (0: the first, the last) as JSON lines for xiaoan-verify: all of them, or a part with a proof of each; and proofs
 * that the kept heads, and one of `since` entries (0: none), grew into this journal. put: a piece of the text; an error of it ends
 * the export. */
struct journal_span { int64_t from, to, since; };
CHECKED enum err journal_export(struct ctx *c, struct journal_span s, enum err (*put)(void *arg, struct str piece), void *arg);
/* Looks whether the clock was set: against the last look by the monotonic clock, and at the start against the last entry. Writes
 * one entry "clock" with what it found. Every few seconds. Deadlines are counted from what was written and do not move. */
CHECKED enum err clock_watch(struct ctx *c);
/* Holds each record against what the journal says that its acts wrote: state, version, every value (texts by their marks), place, unit, owner and
 * number; and their count. A spoilt page and a hand in the database are found, whatever column they touched. Minutes for a million records;
 * c->db is a reader. first: of the first that is wrong, type, id and column, no value. */
struct rows_report { int64_t records, wrong; char first[160]; };
CHECKED enum err record_verify(struct ctx *c, const char *type /* NULL: each */, struct rows_report *ret);
/* Job: journal_verify() and record_verify(), their outcome kept as setting "journal_verified" and in the journal. */
struct verified { int64_t ms, size, heads, bad_seq, records, wrong; bool good /* the journal */, found; };
CHECKED enum err verify_job(struct ctx *c, struct str arg);
CHECKED enum err verified_last(struct ctx *c, struct verified *ret);

/* Sum of tally cells; dims chosen by the caller. area: prefix. Fields absent: not asked for. */
struct tally_row { struct str area, source, kind, grade, outcome; int64_t day, n; };
struct tally_ask { const char *metric; int32_t from_day, to_day; /* inclusive */ struct str area; bool by_town, by_area, by_source, by_kind, by_grade, by_outcome, by_day; };
CHECKED enum err tally_read(struct ctx *c, const struct tally_ask *q, struct tally_row **ret, size_t *ret_n);
/* One month by the report's dimensions: a few thousand rows however many records. area: "" (every city), 6 digits (keys of
 * dim "area" are towns) or 9 (communities). dim "source", "kind": only those that have one. */
struct tally_month_row { struct str metric, dim, key, grade, outcome; int64_t n; };
CHECKED enum err tally_month_read(struct ctx *c, int year, int month, struct str area, struct tally_month_row **ret, size_t *ret_n);
/* On a writer: makes the months anew from the days. For repair and tests: act() keeps both. */
CHECKED enum err tally_month_rebuild(struct ctx *c);
/* Recounts days and months from the records: differing cells, or 0. For `xiaoan tally verify`. */
CHECKED enum err tally_verify(struct ctx *c, int64_t *ret_cells, int64_t *ret_wrong, struct str *ret_first);

/* ---- opening the program ------------------------------------------------------------------------------------------------------------ */

/* more: migrations after the embedded ones (a county's own tables, tests). */
struct app_options { const char *store_url, *data_dir, *keys_url /* NULL: DATA/keys.db */, *root_key /* NULL: DATA/root.key */; struct str passphrase; bool demo; bool fast_unsafe; int writers; const struct migration *more; size_t nmore; };
/* Opens keys and store, migrates, loads codes, calendar and rules, checks the catalogue against the tables. */
CHECKED enum err app_open(const struct app_options *o, const struct rtype *const *types, struct app **ret, struct fault *f);
void app_close(struct app *app);
/* A context for work outside a request. */
void ctx_init(struct ctx *c, struct app *app, struct arena *a, struct fault *f, const struct actor *actor);
extern const struct actor actor_system;
/* A copy of c that sees everything: for rules and for questions whose answer is no record (a unit's id, a score), never for what is shown. */
struct ctx ctx_inside(const struct ctx *c);
/* Runs fn on the writer with c->db set to it; commits. */
CHECKED enum err ctx_write(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg);
/* Gives c this thread's reader. */
CHECKED enum err ctx_read(struct ctx *c);

/* ---- jobs and outbox ------------------------------------------------------------------------------------------------------------------ */

/* Work for later, kept in the store and leased, at least once: a handler must bear being called twice. */
struct job_kind { const char *kind; enum err (*run)(struct ctx *c, struct str arg); int64_t every_ms; /* 0: only when put */ };
CHECKED enum err job_put(struct ctx *c, const char *kind, struct str arg, int64_t run_at);
/* Runs what is due, at most `max`; failed ones are tried again later, at most 8 times. Repeating kinds are put when absent. */
CHECKED enum err jobs_run(struct app *app, const struct job_kind *kinds, int max, int *ret);
/* Joins the pieces of SQLite's word index, which each word asked for is looked up in, for about ms milliseconds and few of the writer's at a
 * time; *ret_more: there is more to do. c->db is a reader. */
CHECKED enum err search_tidy(struct ctx *c, int64_t ms, bool *ret_more);
/* struct job_kind "search_tidy", a day, which goes on as "search_merge". */
CHECKED enum err search_tidy_job(struct ctx *c, struct str arg);
/* A message to the outside, written in the act's own transaction and delivered later. body holds no name and no address of
 * anybody: only what a stranger may read over a shoulder. channel: "spool" writes DATA/outbox/ID.json for the city's gateway. */
CHECKED enum err outbox_put(struct ctx *c, const char *channel, const struct rec *about, struct str body);
CHECKED enum err outbox_deliver(struct ctx *c, int *ret);

/* The common columns of each record table; the migration writes them by hand and a test holds them to this list:
 *   id INTEGER PRIMARY KEY, version INTEGER NOT NULL, parent INTEGER, state TEXT NOT NULL, number TEXT, area TEXT NOT NULL,
 *   town TEXT NOT NULL, comm TEXT NOT NULL, org INTEGER NOT NULL, owner INTEGER, creator INTEGER NOT NULL,
 *   created INTEGER NOT NULL, updated INTEGER NOT NULL, extra TEXT
 * then one column a field: INTEGER for F_INT F_BOOL F_MONEY F_DATE F_TIME F_REF, TEXT for other plain ones, BLOB for sealed and
 * masked ones, and NAME_bi BLOB for FF_BLIND. town, comm: first 9 and 12 digits of area ("" when shorter). */


#endif
