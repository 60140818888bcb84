/* Why: the clerk has typed the husband's name and number already; she should not type them twice, and must not be led to believe what the text denies.
 * Invariants: nothing is filled in by itself, and nothing typed is overwritten (app.js, data-take); what is denied, imagined, long ago or heard from others says so and is
 * offered for no field. */
#include "desk/found.h"
#include "sense/extract.h"
#include "sense/import.h"

enum { FOUND_MOST = 24, AROUND = 8 };

static const char *kind_label(enum extract_kind k)
{
	static const char *const v[EXTRACT_KIND_COUNT] = { [EXTRACT_PERSON] = N_("Name said"), [EXTRACT_NICKNAME] = N_("Called by"), [EXTRACT_KIN] = N_("Relation said"), [EXTRACT_AGE] = N_("Age said"), [EXTRACT_CHILD] = N_("Children said"),
		[EXTRACT_PHONE] = N_("Phone said"), [EXTRACT_IDNO] = N_("ID number said"), [EXTRACT_SUM] = N_("Sum said"), [EXTRACT_DATE] = N_("Day said"), [EXTRACT_PLACE] = N_("Place said"), [EXTRACT_WEAPON] = N_("Weapon or thing said") };
	return v[k];
}

static const char *state_of(enum extract_state s)
{
	static const char *const v[EXTRACT_STATE_COUNT] = { [EXTRACT_NEGATED] = N_("denied"), [EXTRACT_IMAGINED] = N_("if, or not real"), [EXTRACT_PAST] = N_("in the past"), [EXTRACT_REPORTED] = N_("heard from others") };
	return v[s];
}

/* So many characters before a place and behind one, not over a line. */
static struct str left_of(struct str text, size_t at)
{
	size_t from = at;
	for (int k = 0; k < AROUND && from > 0 && text.p[from - 1] != '\n'; k++)
		do
			from--;
		while (from > 0 && ((unsigned char)text.p[from] & 0xC0) == 0x80);
	return (struct str){ text.p + from, at - from };
}

static struct str right_of(struct str text, size_t at)
{
	struct str s = utf8_head((struct str){ text.p + at, text.n - at }, AROUND);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\n')
			s.n = i;
	return s;
}

static void offer(struct ctx *c, const struct extract *e, struct found_row *r)
{
	static const struct { enum extract_kind kind; const char *field, *label, *second, *second_label; } v[] = {
		{ EXTRACT_PHONE, "f-phone", N_("Put in: phone"), NULL, NULL }, { EXTRACT_PERSON, "f-party-b", N_("Put in: the other one"), "f-name", N_("Put in: caller") }, { EXTRACT_KIN, "f-relation", N_("Put in: relation"), NULL, NULL },
		{ EXTRACT_PLACE, "f-place", N_("Put in: place"), NULL, NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		/* A house alone is no town. */
		if (v[i].kind == e->kind && e->state == EXTRACT_SAID && !(e->kind == EXTRACT_KIN && e->other) && (e->kind != EXTRACT_PLACE || sense_area_of(c, r->value).n)) {
			r->field = str_of(v[i].field);
			r->field_label = str_of(TRC(c, v[i].label));
			r->second = v[i].second ? str_of(v[i].second) : STR_NONE;
			r->second_label = v[i].second ? str_of(TRC(c, v[i].second_label)) : STR_NONE;
		}
}

enum err found_of(struct ctx *c, struct str text, int32_t day, bool take, struct found_panel *ret)
{
	struct extracts x;
	struct extract_places *places = sense_places(c);
	extract_text(c->a, text, day, places, &x);
	extract_places_free(places);
	*ret = (struct found_panel){ .v = NEWN(c->a, struct found_row, FOUND_MOST) };
	for (size_t i = 0; i < x.n && ret->n < FOUND_MOST; i++) {
		const struct extract *e = &x.v[i];
		struct str words = { text.p + e->from, e->to - e->from };
		bool again = e->kind == EXTRACT_DATE && e->value.n < 7;      /* "this year" */
		for (size_t k = 0; k < i && !again; k++)
			again = x.v[k].kind == e->kind && x.v[k].state == e->state && str_eq(x.v[k].value, e->value);
		if (again)
			continue;
		struct found_row r = { .label = str_of(TRC(c, kind_label(e->kind))), .before = left_of(text, e->from), .words = words, .after = right_of(text, e->to), .value = e->value.n ? e->value : words,
			.state = state_of(e->state) ? str_of(TRC(c, state_of(e->state))) : STR_NONE };
		if (take)
			offer(c, e, &r);
		ret->v[ret->n++] = r;
	}
	return OK;
}
