/* Why: how many are too many depends on the house: an office may lower or lift it without a new program or a restart. */
#include "cli/rates.h"

/* The number that this setting is of; NULL: none. */
static int32_t *number_of(struct rate_limits *l, struct str name)
{
	struct str rest, word = str_cut(name, '.', &rest);         /* "rate" */
	struct rate_limit *of = l->own;
	(void)word;
	if (str_starts(rest, "address.")) {
		of = l->address;
		rest = (struct str){ rest.p + 8, rest.n - 8 };
	}
	word = str_cut(rest, '.', &rest);
	for (int i = 0; i < RATE_COUNT; i++)
		if (str_is(word, rate_names[i]))
			return !rest.p ? &of[i].minute : str_is(rest, "burst") ? &of[i].burst : NULL;
	return NULL;
}

enum err rates_read(struct db *d, struct rate_limits *ret, struct fault *f)
{
	struct rate_limits l = rate_usual;
	ROWS r = NULL;
	bool more;
	TRY(db_rows(d, f, "SELECT name, value FROM setting WHERE name >= 'rate.' AND name < 'rate/'", NOARGS, &r));
	for (;;) {
		int64_t v;
		TRY(rows_next(r, &more));
		if (!more)
			break;
		int32_t *n = number_of(&l, rows_text(r, 0));
		if (n && str_int(rows_text(r, 1), &v) && v >= 0 && v <= 1000000)
			*n = (int32_t)v;
	}
	*ret = l;
	return OK;
}
