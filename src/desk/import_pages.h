/* Files of clues on the page: upload, look, fix the columns, run, read what was bad; see sense/import.h. */
#ifndef XA_DESK_IMPORT_PAGES_H
#define XA_DESK_IMPORT_PAGES_H
#include "face/face.h"
extern const struct route import_routes[];

struct import_row { struct str url, name, channel, when, state, good, dup, bad; };
struct import_start_page {
	struct str error;
	struct option *channels;
	size_t nchannels;
	struct import_row *rows;
	size_t nrows;
};
struct import_column { struct str name, id, sample; struct option *options; size_t noptions; };
struct import_value { struct str label, value; bool wide; };
struct import_try { struct str row, outcome, reason; const char *look; struct import_value *values; size_t nvalues; };
struct import_fault { struct str row, column, reason; };
struct import_page {
	struct str name, run_url, channel, state, error, format, when;
	bool fresh, running, done;
	struct import_column *columns;
	size_t ncolumns;
	struct import_try *tries;
	size_t ntries;
	struct option *areas;
	size_t nareas;
	int64_t rows, at, good, dup, bad, warned;
	struct import_fault *faults;
	size_t nfaults;
	struct str more_url, bad_url;
};
#endif
