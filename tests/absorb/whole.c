/* What a hand in the database or a spoilt page changes in a record is found, whichever column it is in; what is as it was written is not. */
#include "river.h"

static enum err alter(struct db *d, void *arg, struct fault *f) { return db_exec(d, f, arg, NOARGS, NULL); }

static int64_t wrong(struct city *p, const char *type, struct rows_report *ret)
{
	struct ctx c;
	ctx_at(p, &c, &actor_system);
	NEED_OK(ctx_read(&c));
	NEED_OK(record_verify(&c, type, ret));
	return ret->wrong;
}

/* Each column of the row gets another value of its kind: its neighbour's, or one more. */
static int each_column(struct city *p, const char *type, const char *table, int64_t id, int64_t other)
{
	const struct rtype *t = type_find(p->app, str_of(type));
	struct rows_report r;
	const char *common[] = { "version", "state", "number", "area", "town", "comm", "org", "owner", "creator", "created" };
	int tried = 0, missed = 0;
	NEED_OK(store_write(p->app->store, alter, arena_printf(p->a, "CREATE TABLE was AS SELECT * FROM %s WHERE id = %lld", table, (long long)id), &p->f));
	for (size_t i = 0; i < t->nfields + ARRAY_LEN(common); i++) {
		const struct field *f = i < t->nfields ? &t->fields[i] : NULL;
		const char *col = f ? f->name : common[i - t->nfields];
		bool number = f ? f->type == F_INT || f->type == F_MONEY || f->type == F_REF || f->type == F_BOOL || f->type == F_DATE || f->type == F_TIME
				: strcmp(col, "state") && strcmp(col, "number") && strcmp(col, "area") && strcmp(col, "town") && strcmp(col, "comm");
		if (f && (f->type == F_SECRET || f->type == F_JSON))
			continue;
		bool sealed = f && (f->type == F_NAME || f->type == F_PHONE || f->type == F_IDNO || f->type == F_ADDRESS || f->type == F_LONG || f->type == F_TEXT);
		const char *value = number ? arena_printf(p->a, "COALESCE(%s, 0) + 1", col)
				    : sealed ? arena_printf(p->a, "(SELECT o.%s FROM %s o WHERE o.id = %lld)", col, table, (long long)other)
				    : arena_printf(p->a, "'x' || substr(COALESCE(%s, ''), 2)", col);
		char *how = arena_printf(p->a, "UPDATE %s SET %s = %s WHERE id = %lld", table, col, value, (long long)id);
		NEED_OK(store_write(p->app->store, alter, how, &p->f));
		int64_t n = 0;
		bool found;
		struct ctx c;
		ctx_at(p, &c, &actor_system);
		NEED_OK(ctx_read(&c));
		/* Both hold nothing there: it is as it was. */
		NEED_OK(db_int(c.db, c.f, arena_printf(p->a, "SELECT 1 FROM %s n, was w WHERE n.id = w.id AND (n.%s <> w.%s OR (n.%s IS NULL) <> (w.%s IS NULL))", table, col, col, col, col),
			       NOARGS, &n, &found));
		tried += found;
		if (found && !wrong(p, type, &r) && ++missed)
			printf("# %s.%s is not found\n", table, col);
		NEED_OK(store_write(p->app->store, alter, arena_printf(p->a, "UPDATE %s SET %s = (SELECT w.%s FROM was w) WHERE id = %lld", table, col, col, (long long)id), &p->f));
		CHECK_INT(wrong(p, type, &r), 0);
	}
	NEED_OK(store_write(p->app->store, alter, (char[]){ "DROP TABLE was" }, &p->f));
	CHECK_INT(missed, 0);
	return tried;
}

TEST(each_column_that_was_altered_is_found)
{
	struct city here, *p = &here;
	struct done d[2];
	city_open(p);
	for (int i = 0; i < 2; i++) {
		const char *text = i ? "楼上夜里有争吵" : "对门老人没人管";
		NEED_OK(ADD(COMMW, "clue", 0, &d[i], IN("source", "grid"), IN("text", text), IN("party_a_name", i ? "王小明" : "李小红"),
			    IN("party_a_phone", i ? "19900000001" : "19900000002"), IN("address", i ? "向阳路1号" : "向阳路2号")));
		NEED_OK(DO(COMMW, "clue", "confirm", d[i].id, IN("family", "1"), IN("kind", "M05"), IN("grade", "blue")));
	}
	CHECK(each_column(p, "clue", "clue", d[0].id, d[1].id) > 20);
	int64_t k = new_case(p, "M01", "yellow"), other = new_case(p, "M02", "blue");
	take(p, k);
	CHECK(each_column(p, "case", "case_file", k, other) > 20);
	city_close(p);
}

TEST(what_nobody_made_and_what_is_gone_is_found)
{
	struct city here, *p = &here;
	struct rows_report r;
	city_open(p);
	int64_t k = new_case(p, "M01", "yellow");
	CHECK_INT(wrong(p, "case", &r), 0);
	CHECK_INT(r.records, 1);
	NEED_OK(store_write(p->app->store, alter, arena_printf(p->a, "DELETE FROM case_file WHERE id = %lld", (long long)k), &p->f));
	CHECK_INT(wrong(p, "case", &r), 1);
	CHECK_STR(str_of(r.first), "case 0: records are missing");
	int64_t two = new_case(p, "M02", "blue");
	NEED_OK(store_write(p->app->store, alter, arena_printf(p->a, "UPDATE case_file SET id = id + 1 WHERE id = %lld", (long long)two), &p->f));
	CHECK(wrong(p, "case", &r) >= 1);
	CHECK(strstr(r.first, "not in the journal"));
	/* The tallies of the lost ones would be missed as well. */
	app_close(p->app);
	CHECK(system(arena_printf(p->a, "rm -rf '%s'", p->dir)) == 0);
	arena_free(p->a);
}

