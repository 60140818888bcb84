/*
 * record/files.h: the papers of a record: photos, recordings, documents, kept beside the database in DATA/files (S20, S22, S27, S39).
 *
 * A type whose records are files has the fields of FILE_FIELDS and says .file = true. Each file is enciphered under a key of its own, which
 * stands sealed in its record: so the case's data key opens it, and destroying that key ends it in every copy. Three files a record: NAME as it was handed in,
 * never changed; NAME.v and NAME.t, a copy and a tile made anew from its pixels, without place and camera (and none where there is no picture).
 *
 * Order: the files are flushed, with their folder, before the row commits; what a crash leaves without a row is swept at the next start. A
 * row never points at a file that is not there. Tests: tests/absorb/document.c on both engines, tests/durable/kill.c.
 */
#ifndef XA_FILES_H
#define XA_FILES_H
#include "record/record.h"

#define FILE_NAME 33         /* 32 hex digits */
struct file_made {
	char name[FILE_NAME], key[65], sha256[65], sm3[65], stored[65] /* SHA-256 of the enciphered file */;
	const char *type;            /* code of codes/file_type.tsv */
	struct str title;            /* name as it is shown: cleaned, with the ending of its type */
	int64_t bytes;
	bool preview;
};

/* Takes one file in: its kind by content, its pictures by the child process, all of it enciphered and flushed. ERR_INVALID with a fault
 * at "file" when it is refused; ERR_FULL: no room, and nothing of it stays. Slow: never on an I/O thread, never on the writer. */
CHECKED enum err file_take(struct ctx *c, struct str bytes, struct str filename, struct file_made *ret);
/* After it: the act that makes the record. c->file must be set to what file_take() gave; the type's create step has file_create as its prepare.
 * When the act fails the caller gives the file back by file_forget(). */
CHECKED enum err file_create(struct ctx *c, const struct rec *old, struct rec *now);
void file_forget(struct app *app, const struct file_made *m);

enum file_part { FILE_WHOLE, FILE_VIEW, FILE_TILE };
/* Into ret. The record must be in full sight. ERR_NOT_FOUND: there is no such part, or its keys were destroyed. */
CHECKED enum err file_read(struct ctx *c, const struct rec *r, enum file_part part, struct buf *ret);
/* Pages of it, from 0, made anew by the child as JPEG, each in ret[0..n); absent: that page cannot be read. *ret_all: how many pages it has; 0: it
 * cannot be read at all, or is no picture and no PDF. n 0: only that. */
CHECKED enum err file_pages(struct ctx *c, struct str bytes, int from, int n, struct buf *room, struct str *ret, int *ret_all);
#define FILE_PAGES 4         /* at a time: what the child's seconds suffice for */
/* "file.photo_mb", "file.video_mb" in bytes, "file.count" of a record: settings. */
struct file_limits { int64_t photo, video, count; };
CHECKED enum err file_limits(struct ctx *c, struct file_limits *ret);

/* Removes files that no row names, or whose row has lost its key; only those that lie there for age_ms. At start, daily, and after a
 * shredding. ret_left: rows whose file is missing. */
CHECKED enum err file_sweep(struct ctx *c, int64_t age_ms, int64_t *ret_removed);
CHECKED enum err file_sweep_job(struct ctx *c, struct str arg);
/* Each row that still has a key: is its file there, and is it the one that was written? Needs no key. what: the first that is not. */
struct file_report { int64_t files, bytes, missing, changed; char what[FILE_NAME]; };
CHECKED enum err file_check(struct ctx *c, const char *dir, struct file_report *ret);
/* Copies into `to` what it lacks of the files in `from` that rows made after `since` name, each looked at by its row's hash; since 0: all
 * rows, and all files in `to` are looked at. What lost its key is then marked there, and removed when the keys' last copies are too
 * (KEYSTORE_LIFE_MS). For backups, their log and restoring; ret tells what was there at the end. */
struct file_way { const char *from, *to; int64_t since; };
CHECKED enum err file_copy(struct ctx *c, const struct file_way *w, struct file_report *ret);
/* Daily: file_check(), told in the journal and, when something is wrong, in the log. */
CHECKED enum err file_check_job(struct ctx *c, struct str arg);

/* The fields, behind the type's own. */
#define FILE_FIELDS                                                                                                                                   \
	{ .name = "kind", .label = N_("What it is"), .type = F_CODE, .of = "document_kind", .flags = FF_LIST | FF_FILTER },                              \
	{ .name = "name", .label = N_("File name"), .type = F_TEXT, .secrecy = S_SEALED, .flags = FF_LIST | FF_SYSTEM, .max = 120 },                       \
	{ .name = "note", .label = N_("Remark"), .type = F_TEXT, .secrecy = S_SEALED, .max = 500 },                                                       \
	{ .name = "type", .label = N_("Kind of file"), .type = F_CODE, .of = "file_type", .flags = FF_LIST | FF_SYSTEM },                                  \
	{ .name = "bytes", .label = N_("Size in bytes"), .type = F_INT, .flags = FF_SYSTEM },                                                             \
	{ .name = "sha256", .label = N_("SHA-256 of the file"), .type = F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM },                                 \
	{ .name = "sm3", .label = N_("SM3 of the file"), .type = F_TEXT, .secrecy = S_SEALED, .flags = FF_SYSTEM, .standard = "GB/T 32905-2016" },          \
	{ .name = "stored", .label = N_("SHA-256 as it lies enciphered"), .type = F_TEXT, .flags = FF_SYSTEM },                                            \
	{ .name = "preview", .label = N_("Has a picture"), .type = F_BOOL, .flags = FF_SYSTEM },                                                           \
	{ .name = "file", .label = N_("Where it lies"), .type = F_SECRET, .flags = FF_SYSTEM },                                                            \
	{ .name = "file_key", .label = N_("Its key"), .type = F_SECRET, .secrecy = S_SEALED, .flags = FF_SYSTEM }
#endif
