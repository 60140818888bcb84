/* Why: one writer for all answers, so that ids, times, masks and secrets are treated the same everywhere.
 * Invariants: what rec_show() masks leaves masked and is named in "masked"; F_SECRET never leaves. */
#include "api/inner.h"

static void sep(struct json *j)
{
	if (j->comma)
		buf_char(j->b, ',');
	j->comma = true;
}

void j_open(struct json *j, char c)
{
	sep(j);
	buf_char(j->b, c);
	j->comma = false;
}

void j_close(struct json *j, char c)
{
	buf_char(j->b, c);
	j->comma = true;
}

void j_key(struct json *j, const char *k)
{
	sep(j);
	json_str(j->b, str_of(k));
	buf_char(j->b, ':');
	j->comma = false;
}

void j_str(struct json *j, struct str s)
{
	sep(j);
	json_str(j->b, s);
}

void j_raw(struct json *j, struct str json)
{
	sep(j);
	buf_str(j->b, json);
}

void j_int(struct json *j, int64_t v)
{
	sep(j);
	buf_int(j->b, v);
}

void j_bool(struct json *j, bool v) { j_raw(j, v ? STR("true") : STR("false")); }

void j_id(struct json *j, int64_t id)
{
	sep(j);
	if (id)
		buf_printf(j->b, "\"%lld\"", (long long)id);
	else
		buf_cstr(j->b, "null");
}

void j_time(struct json *j, int64_t ms)
{
	sep(j);
	if (!ms) {
		buf_cstr(j->b, "null");
		return;
	}
	buf_char(j->b, '"');
	iso_put(j->b, ms);
	buf_char(j->b, '"');
}

/* ---- records ---- */

static bool leaves(const struct rec *r, size_t i) { return r->v[i].set && r->t->fields[i].type != F_SECRET; }

static void put_codes(struct json *j, struct ctx *c, const struct field *f, struct str v, bool labels)
{
	struct str rest = v;
	j_open(j, '[');
	while (rest.p) {
		struct str one = str_cut(rest, ',', &rest);
		if (one.n)
			j_str(j, labels ? code_label(c->app->codes, f->of, one, c->lang) : one);
	}
	j_close(j, ']');
}

/* Program data goes out as the JSON it is; what is none (it never should be) as text. */
static void put_json(struct json *j, struct str s)
{
	if (json_valid(s))
		j_raw(j, s);
	else
		j_str(j, s);
}

static void put_day(struct json *j, int64_t ms)
{
	BUF_AUTO b = BUF(32);
	date_put(&b, ms);
	j_str(j, buf_view(&b));
}

static void put_value(struct json *j, struct ctx *c, const struct rec *r, size_t i)
{
	const struct field *f = &r->t->fields[i];
	const struct value *v = &r->v[i];
	if (rec_hides(r, (int)i)) {
		j_str(j, rec_show(c, r, (int)i));
		return;
	}
	switch (f->type) {
	case F_INT: j_int(j, v->i); break;
	case F_BOOL: j_bool(j, v->i != 0); break;
	case F_DATE: put_day(j, v->i); break;
	case F_TIME: j_time(j, v->i); break;
	case F_REF: j_id(j, v->i); break;
	case F_CODES: put_codes(j, c, f, rec_str(c, r, f->name), false); break;
	case F_JSON: put_json(j, rec_str(c, r, f->name)); break;
	case F_MONEY: j_str(j, rec_show(c, r, (int)i)); break;
	default: j_str(j, rec_str(c, r, f->name)); break;
	}
}

static void put_labels(struct json *j, struct ctx *c, const struct rec *r)
{
	j_key(j, "labels");
	j_open(j, '{');
	j_key(j, "state");
	j_str(j, state_label(c, r));
	j_key(j, "area");
	j_str(j, area_label(c, r->area));
	for (size_t i = 0; i < r->t->nfields; i++) {
		const struct field *f = &r->t->fields[i];
		if (!leaves(r, i) || rec_hides(r, (int)i) || (f->type != F_CODE && f->type != F_CODES && f->type != F_AREA))
			continue;
		j_key(j, f->name);
		if (f->type == F_CODES)
			put_codes(j, c, f, rec_str(c, r, f->name), true);
		else
			j_str(j, rec_show(c, r, (int)i));
	}
	j_close(j, '}');
}

void j_head(struct json *j, const struct rec *r)
{
	j_open(j, '{');
	j_key(j, "type");
	j_cstr(j, r->t->name);
	j_key(j, "id");
	j_id(j, r->id);
	j_key(j, "version");
	j_int(j, r->version);
	j_key(j, "state");
	j_str(j, r->state);
	j_key(j, "updated");
	j_time(j, r->updated);
	j_close(j, '}');
}

void j_record(struct json *j, struct ctx *c, const struct rec *r)
{
	const struct { const char *k; int64_t v; } ids[] = { { "parent", r->parent }, { "org", r->org }, { "owner", r->owner }, { "creator", r->creator } };
	j_open(j, '{');
	j_key(j, "type");
	j_cstr(j, r->t->name);
	j_key(j, "id");
	j_id(j, r->id);
	j_key(j, "version");
	j_int(j, r->version);
	/* What one made but may not read afterwards: that it is there, and nothing else. */
	if (r->sight == SIGHT_NONE) {
		j_close(j, '}');
		return;
	}
	j_key(j, "number");
	j_str(j, r->number.n ? r->number : STR_NONE);
	j_key(j, "state");
	j_str(j, r->state);
	j_key(j, "area");
	j_str(j, r->area);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		j_key(j, ids[i].k);
		j_id(j, ids[i].v);
	}
	j_key(j, "created");
	j_time(j, r->created);
	j_key(j, "updated");
	j_time(j, r->updated);
	j_key(j, "fields");
	j_open(j, '{');
	for (size_t i = 0; i < r->t->nfields; i++)
		if (leaves(r, i)) {
			j_key(j, r->t->fields[i].name);
			put_value(j, c, r, i);
		}
	j_close(j, '}');
	put_labels(j, c, r);
	j_key(j, "masked");
	j_open(j, '[');
	for (size_t i = 0; i < r->t->nfields; i++)
		if (leaves(r, i) && rec_hides(r, (int)i))
			j_cstr(j, r->t->fields[i].name);
	j_close(j, ']');
	j_close(j, '}');
}
