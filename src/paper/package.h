/* paper/ among its own files: the parts of an OOXML package, each streamed through expat under limits.
 * A file from outside is an attack until read to its end: no doctype, no entity, bounded depth, bounded tag, bounded
 * bytes (counted as they come out of the inflater: the directory lies). */
#ifndef XA_PAPER_PACKAGE_H
#define XA_PAPER_PACKAGE_H
#include "paper/paper.h"
#include <expat.h>
#include <zip.h>

struct package {
	zip_t *z;
	const struct xlsx_limits *l;
	uint64_t left;               /* bytes that may still be unpacked */
	struct fault *f;
};

/* One part being read. start, end get names without their prefix. */
struct xml {
	void (*start)(struct xml *x, const char *name, const char **attrs);
	void (*end)(struct xml *x, const char *name);
	void (*text)(struct xml *x, const char *s, size_t n);
	void *arg;
	struct package *pk;
	XML_Parser parser;
	int depth;
	uint64_t silent;             /* bytes fed since the parser last said anything: one huge tag */
	enum err err;                /* set by xml_fail() */
	bool stopped;
};

enum err package_open(struct str bytes, const struct xlsx_limits *l, struct package *ret, struct fault *f);
void package_close(struct package *pk);
/* Streams a part; *ret_found tells a missing one (ret_found NULL: missing is an error). x->stopped: the reader had enough. */
enum err package_read(struct package *pk, const char *name, struct xml *x, bool *ret_found);
/* Ends the reading with a fault; arg (may be NULL) fills the message's %s. */
void xml_fail(struct xml *x, enum err e, const char *msg, const char *arg);
void xml_stop(struct xml *x);
/* An attribute by its name without prefix, or NULL. prefixed: only one that has a prefix (r:id beside id). */
const char *xml_attr(const char **attrs, const char *name);
const char *xml_attr_prefixed(const char **attrs, const char *name);
const char *xml_local(const char *name);

/* xlsx_style.c: is a number format a date's? Section one decides; durations ([h]:mm) stay numbers. */
bool format_is_date(const char *code);
bool format_builtin_is_date(int64_t id);
/* A serial number of days as text: date, date and time, or time alone below 1. False: not a date (negative, past 9999). */
bool serial_put(struct buf *b, double serial, bool from1904);
/* A stored number in its shortest form: 24, 19900012345, 0.1. False when it is no number. */
bool number_put(struct buf *b, struct str raw, double *ret);

#endif
