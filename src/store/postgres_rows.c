/* Why: PostgreSQL answers in its own binary types; here they become the five of store.h.
 * Invariants: conversions are those SQLite makes; what rows_text() returned for one column stays while another is asked. */
#include "store/internal.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_CHAR = 18, OID_NAME = 19, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_OID = 26,
	OID_JSON = 114, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_UNKNOWN = 705, OID_BPCHAR = 1042, OID_VARCHAR = 1043, OID_NUMERIC = 1700, OID_XID8 = 5069 };

enum err pgrow_next(struct rows *r, bool *ret_more)
{
	if (r->row < r->nrows)
		r->row++;
	*ret_more = r->row < r->nrows;
	return OK;
}

void pgrow_end(struct rows *r) { PQclear(r->res); }
int pgrow_cols(const struct rows *r) { return r->cols; }

static uint64_t be(const char *p, int n)
{
	uint64_t v = 0;
	for (int i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

/* numeric on the wire: count of base-10000 digits, weight of the first, sign, scale, digits. True: a whole number that
 * fits *ret_int; *ret_real is set always. */
static bool numeric(const char *p, int64_t *ret_int, double *ret_real)
{
	int n = (int)be(p, 2), weight = (int16_t)be(p + 2, 2), sign = (int)be(p + 4, 2);
	double real = 0;
	int64_t whole = 0;
	bool fits = (sign & 0x8000) == 0 && n <= weight + 1;
	for (int i = 0; i < n; i++) {
		real = real * 10000 + (double)be(p + 8 + 2 * i, 2);
		fits = fits && !__builtin_mul_overflow(whole, 10000, &whole) && !__builtin_add_overflow(whole, (int64_t)be(p + 8 + 2 * i, 2), &whole);
	}
	for (int i = n; i <= weight; i++) {
		real *= 10000;
		fits = fits && !__builtin_mul_overflow(whole, 10000, &whole);
	}
	for (int i = weight + 1; i < n; i++)
		real /= 10000;
	*ret_int = sign == 0x4000 ? -whole : whole;
	*ret_real = sign == 0x4000 ? -real : real;
	return fits;
}

struct cell { enum val_type t; int64_t i; double r; const char *p; size_t n; };

static struct cell cell(const struct rows *r, int col)
{
	must(r->row >= 0 && r->row < r->nrows && col >= 0 && col < r->cols);
	PGresult *res = r->res;
	if (PQgetisnull(res, r->row, col))
		return (struct cell){ .t = V_NULL };
	struct cell c = { .p = PQgetvalue(res, r->row, col), .n = (size_t)PQgetlength(res, r->row, col) };
	uint32_t single;
	uint64_t bits;
	float fl;
	switch (PQftype(res, col)) {
	case OID_BOOL:
	case OID_OID:
	case OID_XID8:
	case OID_INT8:
		c.t = V_INT;
		c.i = (int64_t)be(c.p, (int)c.n);
		break;
	case OID_INT4:
		c.t = V_INT;
		c.i = (int32_t)be(c.p, 4);
		break;
	case OID_INT2:
		c.t = V_INT;
		c.i = (int16_t)be(c.p, 2);
		break;
	case OID_FLOAT4:
		single = (uint32_t)be(c.p, 4);
		memcpy(&fl, &single, sizeof fl);
		c.t = V_REAL;
		c.r = (double)fl;
		break;
	case OID_FLOAT8:
		bits = be(c.p, 8);
		memcpy(&c.r, &bits, sizeof c.r);
		c.t = V_REAL;
		break;
	case OID_NUMERIC:
		c.t = numeric(c.p, &c.i, &c.r) ? V_INT : V_REAL;
		break;
	case OID_TEXT:
	case OID_VARCHAR:
	case OID_BPCHAR:
	case OID_NAME:
	case OID_CHAR:
	case OID_UNKNOWN:
	case OID_JSON:
		c.t = V_TEXT;
		break;
	default:
		c.t = V_BLOB;
		break;
	}
	return c;
}

enum val_type pgrow_type(const struct rows *r, int col) { return cell(r, col).t; }

static int64_t real_int(double x)
{
	if (!(x > -9.2e18))
		return x < 0 ? INT64_MIN : 0;
	return x < 9.2e18 ? (int64_t)x : INT64_MAX;
}

/* Conversions as SQLite makes them; libpq ends every value with a NUL. */
int64_t pgrow_integer(const struct rows *r, int col)
{
	struct cell c = cell(r, col);
	switch (c.t) {
	case V_INT: return c.i;
	case V_REAL: return real_int(c.r);
	case V_TEXT: return strtoll(c.p, NULL, 10);
	default: return 0;
	}
}

double pgrow_real(const struct rows *r, int col)
{
	struct cell c = cell(r, col);
	switch (c.t) {
	case V_INT: return (double)c.i;
	case V_REAL: return c.r;
	case V_TEXT: return strtod(c.p, NULL);
	default: return 0;
	}
}

struct str pgrow_text(const struct rows *r, int col)
{
	struct cell c = cell(r, col);
	char *slot = r->text + 32 * col;
	switch (c.t) {
	case V_NULL:
		return STR_NONE;
	case V_INT:
		snprintf(slot, 32, "%lld", (long long)c.i);
		return str_of(slot);
	case V_REAL:
		snprintf(slot, 30, "%.15g", c.r);
		if (!strpbrk(slot, ".en"))
			memcpy(slot + strlen(slot), ".0", 3);
		return str_of(slot);
	default:
		return (struct str){ c.p, c.n };
	}
}

struct str pgrow_blob(const struct rows *r, int col)
{
	struct cell c = cell(r, col);
	if (c.t == V_INT || c.t == V_REAL)
		return pgrow_text(r, col);
	return (struct str){ c.p, c.n };
}
