/*
 * verify/: xiaoan-verify, the second program.  It tells whether the journal of a database or of an export is what it was
 * when a head was carried away, and must be able to say so against the server's own word: of ours it includes the hash
 * tree (tree/) alone, reads SQLite and PostgreSQL by plain SQL, and has its own reader of JSON and its own rules.
 *
 * Reads only; keeps no more than the heads in memory.  docs/journal.md has every byte it expects.  One thread.
 * Tests: tests/verify/ (what a forger does: every one must be found).
 */
#ifndef XA_VERIFY_H
#define XA_VERIFY_H
#include "tree/tree.h"
#include <stdio.h>

struct v_text { const char *p; size_t n; };

/* One entry as it stands there; texts live until entry() returns. nproof < 0: it came without a proof. */
struct v_entry {
	int64_t seq, format, ms, actor, org, rid, version, approver;
	struct v_text role, face, verb, type, outcome, session, origin, agent, reason, body;
	tree_hash leaf;
	size_t leaf_n;                 /* 32, or the leaf is not one */
	const tree_hash *proof;
	int nproof;
};

/* A signed head. from: the file it came from, or NULL when the store or the export keeps it itself. */
struct v_head {
	int64_t number, size, ms;
	tree_hash root;
	unsigned char signature[64], public_key[32];
	char key[17];
	bool has_public;
	const char *from;
};

/* The accumulator: the roots of the full subtrees, largest first. */
struct v_tree { uint64_t size; int n; struct { int level; tree_hash h; } peak[64]; };
void v_tree_add(struct v_tree *t, const tree_hash leaf);
void v_tree_root(const struct v_tree *t, tree_hash ret);

enum v_lang { V_ZH, V_EN };
#define V_KEYS 16

/* A verification under way. */
struct v_run {
	FILE *out;
	enum v_lang lang;
	int64_t entry;                 /* --entry: say what stands there; 0: none */
	struct v_head *heads;          /* saved ones (--head) and those found with the entries */
	size_t nheads, cap;
	unsigned char keys[V_KEYS][32];   /* --public-key */
	size_t nkeys;
	bool part;                     /* an export of some entries: each has its proof */
	int64_t part_from, part_to;
	struct v_head top;             /* the head an export was made under; size 0: none */
	struct v_tree tree;
	size_t next;                   /* heads[next] is the next whose size is reached */
	bool started;                  /* heads are sorted */
	int64_t last_seq, last_ms, entries, disorder, proofs, links;
	int64_t bad, notes;
	char why[256];                 /* the file or store cannot be read */
};

/* What the readers hand over. In this order: head() for each kept head, start(), entry() for each, then tail() and end(). */
void v_head(struct v_run *v, const struct v_head *h);
void v_start(struct v_run *v);
void v_entry(struct v_run *v, const struct v_entry *e);
/* The state the server keeps beside the entries: its count and peaks (see docs/journal.md). */
void v_tail(struct v_run *v, int64_t size, const unsigned char *peaks, size_t n);
void v_link(struct v_run *v, int64_t from, int64_t to, const tree_hash *path, int n);
void v_end(struct v_run *v);
/* The bytes under the leaf's hash; false: a format that is not known, or a text that it cannot hold. Free *ret with free(). */
bool v_leaf_bytes(const struct v_entry *e, unsigned char **ret, size_t *ret_n);

/* A finding (the journal is not whole) or a note. what: index into the words of words.c; its %s are filled by a and b. */
enum v_word {
	V_MISSING, V_ALTERED, V_FORMAT, V_TWICE, V_NO_PROOF, V_BAD_PROOF, V_CUT, V_REBUILT, V_TAIL_SIZE, V_TAIL_ROOT, V_TAIL_BAD, V_BAD_SIGNATURE, V_FOREIGN_KEY, V_HEAD_GONE,
	V_HEAD_OTHER, V_HEAD_GAP, V_HEAD_ORDER, V_BAD_LINK, V_RANGE, V_TOP_UNLINKED, V_FINDINGS,
	V_NOTE_ORDER, V_NOTE_UNSIGNED, V_NOTE_NO_KEY, V_NOTE_OWN_KEY, V_NOTE_NO_HEAD, V_NOTE_UNLINKED, V_NOTES,
	V_TITLE, V_OBJECT, V_COUNT, V_ROOT, V_HEADS, V_LINKS, V_ENTRY, V_NO_ENTRY, V_WHOLE, V_BROKEN, V_ARGS, V_UNREADABLE, V_HELP, V_MORE, V_WORDS
};
void v_find(struct v_run *v, enum v_word what, const char *a, const char *b);
void v_findn(struct v_run *v, enum v_word what, int64_t a, const char *b);
void v_print(FILE *out, enum v_lang lang, enum v_word w, const char *a, const char *b);

/* Readers: 0, or -1 with the reason in v->why. */
int v_read_sqlite(struct v_run *v, const char *path);
int v_read_postgres(struct v_run *v, const char *url);
int v_read_export(struct v_run *v, const char *path);
/* Heads of a file: one JSON object a line. */
int v_read_heads(struct v_run *v, const char *path);
/* Public keys: 64 hex digits a line; '#' begins a remark. */
int v_read_keys(struct v_run *v, const char *path);

/* ---- JSON: one line, taken apart where it stands ---- */
/* Names of nested values are joined by a point ("head.size"); elements of an array share its name. */
struct v_value { const char *name; bool text; struct v_text s; int64_t i; };
#define V_VALUES 256
struct v_json { struct v_value v[V_VALUES]; size_t n; char names[8192]; size_t nnames; };
/* line[n] must be writable; false when it is not JSON of the kind we write (objects, arrays, texts, whole numbers). */
bool v_json_read(struct v_json *j, char *line, size_t n);
const struct v_value *v_json_get(const struct v_json *j, const char *name);
bool v_unhex(struct v_text s, unsigned char *out, size_t n);

void *v_alloc(void *old, size_t n);    /* aborts when there is no memory */
/* 0: whole; 1: not; 2: asked wrongly; 3: it cannot be read. */
int v_main(int argc, char **argv, FILE *out, FILE *err);

#endif
