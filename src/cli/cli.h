/*
 * cli/: the program's commands. Each is one row of the table in cli.c: name, one line of help, its own help text, function.
 *
 * A command parses its words, opens the program with cli_open(), calls what the rooms below offer, prints. Output goes to
 * stdout, messages to stderr; the exit code is 0, 1 for "it did not work", 2 for "asked wrongly".
 * Tests: tests/cli/.
 */
#ifndef XA_CLI_H
#define XA_CLI_H
#include "record/record.h"

struct cli;
struct keeper;
struct command { const char *name; const char *line; const char *help; int (*run)(struct cli *x); };

/* Words of the command line, taken apart: options "--name value" or "--name=value", flags, the rest in order. */
struct cli {
	const struct command *cmd;
	const char *words[32];
	int nwords;
	struct { const char *name, *value; } opts[32];
	int nopts;
	struct app_options app;
	enum lang lang;
	struct arena *a;
	struct fault f;
	struct app *opened;
	struct actor who;         /* the system, told in the journal as a command of this user of the operating system */
	struct keeper *keeper;    /* serve: freed after the store is closed */
	int bad;                  /* doctor: what is not well */
};

int cli_main(int argc, char **argv);
const char *cli_opt(const struct cli *x, const char *name);          /* NULL when not given; "" for a flag */
int64_t cli_int(struct cli *x, const char *name, int64_t fallback);  /* exits with 2 on a wrong number */
/* Opens DATA (default ./data) with the store; prints what is wrong and exits with 1. */
struct app *cli_open(struct cli *x);
/* ERR_NOT_FOUND when the command works on data and there is none: it must not make an empty folder and find it in order. */
CHECKED enum err cli_data_there(struct cli *x);
/* The root key's file: --root-key, else the credential root.key that systemd hands over, else DATA/root.key. */
const char *cli_root_key(struct cli *x);
/* What stands on the descriptor that this option names, without its line end; absent when the option is not given. */
struct str cli_passphrase(struct cli *x, const char *option);
int cli_fail(struct cli *x, enum err e);                             /* prints the fault, returns 1 */
int cli_usage(struct cli *x, const char *why);                       /* prints why and the command's help, returns 2 */
/* A context of the command's actor on this thread's reader; for commands that write use ctx_write or act_now. */
CHECKED enum err cli_ctx(struct cli *x, struct ctx *c);

/* Types of every room, and hooks between rooms; the one place that knows them all. */
extern const struct rtype *const all_types[];
/* Every table of routes: what is served, listed and tested; NULL-terminated. */
struct route;
extern const struct route *const all_routes[];
CHECKED enum err app_wire(struct app *app, struct arena *a, struct fault *f);
void app_unwire(struct app *app);

int cmd_serve(struct cli *x);
int cmd_demo(struct cli *x);
int cmd_import(struct cli *x);
int cmd_report(struct cli *x);
int cmd_triage(struct cli *x);
int cmd_train(struct cli *x);
int cmd_user(struct cli *x);
int cmd_token(struct cli *x);
int cmd_retention(struct cli *x);
int cmd_keys(struct cli *x);
int cmd_journal(struct cli *x);
int cmd_record(struct cli *x);
int cmd_tally(struct cli *x);
int cmd_incident(struct cli *x);
int cmd_backup(struct cli *x);
int cmd_restore(struct cli *x);
int cmd_doctor(struct cli *x);
int cmd_matrix(struct cli *x);
/* The access matrix as docs/permissions.md has it. */
void matrix_put(struct buf *b);
int cmd_completion(struct cli *x);
int cmd_man(struct cli *x);
/* `xiaoan preview`, which the server runs for each file handed in: in no list of commands. */
int cmd_preview(int argc, char **argv);

#endif
