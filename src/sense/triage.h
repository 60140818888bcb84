/*
 * sense/triage: screening of what people write: family matter or not, which kind, how urgent, and why (engine.md 2.2).
 *
 * Two layers: rules with places in the text (codes/patterns.tsv) and a linear model (models/triage.bin; CARD.md).
 * The model may put in order and raise; it may not lower or close anything. Without the model the rules go on alone.
 * Guardrail: a text with a sign of danger is never graded below orange and never put aside as "not family" without
 * `check`, which sends it to a person. A person decides on every result (个人信息保护法 art. 24).
 * May include base/ and text/ only. Tests: tests/sense/.
 */
#ifndef XA_TRIAGE_H
#define XA_TRIAGE_H
#include <jansson.h>
#include "text/text.h"

#define TRIAGE_SIGNALS 64
#define TRIAGE_REASONS 12
#define TRIAGE_RULES 48
#define TRIAGE_ADDED 100000      /* rules of the program are numbered below it, what a city added from it */

/* How the words of a sign are meant; only what is asserted counts for the grade (a hypothesis or the past: at least yellow). */
enum triage_context {
	TRIAGE_ASSERTED,
	TRIAGE_NEGATED,       /* "he never hit me" */
	TRIAGE_FICTION,       /* from a film, a game, the news */
	TRIAGE_GENERAL,       /* a question about the law, a lecture, a jest */
	TRIAGE_HYPOTHETICAL,  /* "if he hits me", and nothing says that he did */
	TRIAGE_PAST,          /* long ago, and the text says that it ended */
	TRIAGE_DOUBTFUL,      /* words of danger beside no person, in a text that reads harmless */
};
struct triage_signal {
	const char *code;     /* codes/signal.tsv */
	int weight;
	size_t from, to;      /* bytes of the ORIGINAL text */
	bool negated;         /* "he never hit me": shown, not counted */
	bool reported;        /* any other context that is not asserted: shown, not counted */
	enum triage_context context;
	size_t why_from, why_to;   /* bytes of the original that decided the context; both 0: none */
};
struct triage_reason { const char *msg; struct str evidence; };  /* message id; part of the original text or absent */
struct triage {
	bool family;
	bool check;           /* a person must look: danger, but "not family" or found by its wording alone */
	bool urgent;          /* danger to life or limb, any violence going on, or wording like that of such messages */
	bool model;           /* false: rules only */
	double score;         /* probability of a family matter */
	double danger;        /* how much the wording resembles messages in danger, 0 to 1 */
	const char *kind;     /* codes/kind.tsv; NULL when not family */
	double kind_p;
	const char *grade;    /* red, orange, yellow, blue */
	const char *unit;     /* codes/org_kind.tsv: who should have it first */
	struct triage_signal signals[TRIAGE_SIGNALS];
	size_t nsignals;
	struct triage_reason reasons[TRIAGE_REASONS];
	size_t nreasons;
	int64_t rules[TRIAGE_RULES];       /* that found something, whatever it meant; the first of them */
	size_t nrules;
};

struct triage_engine;   /* immutable after opening: threads share it */
CHECKED enum err triage_open(struct triage_engine **ret, struct fault *f);
/* The program's rules with another model; and the program's own model, absent where it has none. */
CHECKED enum err triage_open_with(struct str model, struct triage_engine **ret, struct fault *f);
struct str triage_model(void);
/* The same from given texts (training, tests); an empty model means rules only. */
CHECKED enum err triage_load(struct str patterns_tsv, struct str model, struct triage_engine **ret, struct fault *f);
void triage_close(struct triage_engine *e);
/* A rule that a city added: what it finds (code: of codes/signal.tsv, codes/kind.tsv or "kin", with its weight), or the rule of the program whose
 * hits within one of its own mean nothing (except). flags: as in codes/patterns.tsv. id: TRIAGE_ADDED and above. */
struct triage_phrase { int64_t id, except; const char *expr, *code, *flags; int weight; };
/* The same engine with these rules, and without what another had added to it: only they are compiled, the rest is shared. ERR_INVALID: an
 * expression that cannot be read (argument: its id), or an exception to a rule that bears none (danger to life, violence, sexual violence). */
CHECKED enum err triage_with(const struct triage_engine *base, const struct triage_phrase *v, size_t n, struct triage_engine **ret, struct fault *f);
/* The program's own rules, in order of its list. */
struct triage_rule { int64_t id; const char *code, *expr; int weight; bool bears_exceptions; };
size_t triage_rules(struct arena *a, struct triage_rule **ret);
void triage_text(const struct triage_engine *e, struct arena *a, struct str text, struct triage *ret);
void triage_json(struct buf *out, const struct triage *t);   /* one object, no line end */
/* {"text": …} in, one line of JSON out with line end; a bad line gives {"error": …}. */
void triage_line_json(const struct triage_engine *e, struct arena *a, struct str line, struct buf *out);
/* The kinds the engine knows, for training: number and code. */
extern const char *const triage_kinds[];
extern const size_t triage_nkinds;
/* The text as rules and model see it: normalised, blanks and signs out of words, knives and guns in words. */
struct norm triage_prepare(struct arena *a, struct str text);

/* Makes models/triage.bin from the folder of data (only rows whose licence lets weights be shipped: consult/ and
 * hostile/cold-train.csv) and our own made-up texts (train_dir, in the source demo/train): same input, same bytes, in
 * *ret_bytes, to be freed with buf_free(). ERR_IO names the file that is missing. */
CHECKED enum err train_run(const char *data_dir, const char *train_dir, struct buf *ret_bytes, struct fault *f);
/* The same without the rows keep() refuses: to measure on what was left out. voice: who speaks, absent where nobody said. */
CHECKED enum err train_part(const char *data_dir, const char *train_dir, bool (*keep)(void *arg, struct str text, struct str voice), void *arg,
			    struct buf *ret_bytes, struct fault *f);
/* Goes on from a model (its bytes) with what people decided: where the program runs there are no training texts, so its weights stand for them
 * and move as little as answers these. family, urgent: 0, 1 or SAMPLE_UNKNOWN. Same input, same bytes, to be freed with buf_free(). */
struct train_case { struct str text, kind; uint8_t family, urgent; };
CHECKED enum err train_more(struct str base, const struct train_case *v, size_t n, struct buf *ret_bytes, struct fault *f);
struct train_row {
	struct str text, voice;
	const char *source;                   /* the file */
	uint8_t family, urgent;               /* 0, 1 or SAMPLE_UNKNOWN */
	const json_t *kinds;           /* array of codes; NULL: nobody said; valid within each() */
};
/* Every row training reads, in its order. */
CHECKED enum err train_rows(struct arena *a, const char *data_dir, const char *train_dir, void (*each)(void *arg, const struct train_row *row), void *arg,
			    struct fault *f);
#endif
