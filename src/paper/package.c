/* Why: XLSX files come from strangers.  Invariants: nothing is held in memory but the 64 KiB window of the part being
 * read; every unpacked byte is taken off one budget for the whole file; a doctype stops the parse before any entity
 * can be declared. */
#include "paper/package.h"
#include "base/clock.h"
#include <stdio.h>

#define WINDOW 65536
#define DEPTH_MAX 64
#define SILENT_MAX (4 << 20)   /* attributes are short; a tag of 4 MiB makes expat read it again and again */

const struct xlsx_limits xlsx_limits_default = { .max_bytes = 512u << 20, .max_parts = 1000, .max_rows = 1048576, .max_cols = 256, .max_cell = 1 << 20 };

static const char *const msg_broken = N_("The file is damaged or is not an XLSX workbook");
static const char *const hint_save = N_("Open it in WPS or Excel, save it as .xlsx and try again");

static enum err broken(struct fault *f, const char *detail)
{
	enum err e = fail(f, ERR_INVALID, msg_broken, "%s", detail);
	if (f)
		f->hint = hint_save;
	return e;
}

enum err package_open(struct str bytes, const struct xlsx_limits *l, struct package *ret, struct fault *f)
{
	if (bytes.n >= 8 && memcmp(bytes.p, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0) {
		enum err e = fail(f, ERR_INVALID, N_("This is an old .xls workbook, or one locked with a password"), "OLE compound file");
		if (f)
			f->hint = N_("Save it as .xlsx without a password and try again");
		return e;
	}
	if (bytes.n < 22)
		return broken(f, "shorter than an empty zip");
	zip_error_t ze;
	zip_error_init(&ze);
	zip_source_t *src = zip_source_buffer_create(bytes.p, bytes.n, 0, &ze);
	zip_t *z = src ? zip_open_from_source(src, ZIP_RDONLY, &ze) : NULL;
	if (!z) {
		enum err e = broken(f, zip_error_strerror(&ze));
		zip_source_free(src);
		zip_error_fini(&ze);
		return e;
	}
	zip_error_fini(&ze);
	if (zip_get_num_entries(z, 0) > l->max_parts) {
		zip_discard(z);
		return fail(f, ERR_LIMIT, N_("The workbook has too many parts"), "more than %d entries", l->max_parts);
	}
	*ret = (struct package){ .z = z, .l = l, .left = l->max_bytes, .f = f };
	return OK;
}

void package_close(struct package *pk)
{
	if (pk->z)
		zip_discard(pk->z);
	pk->z = NULL;
}

/* ---- the parser's ears ---- */

const char *xml_local(const char *name)
{
	const char *c = strchr(name, ':');
	return c ? c + 1 : name;
}

const char *xml_attr(const char **attrs, const char *name)
{
	for (; attrs[0]; attrs += 2)
		if (strcmp(attrs[0], name) == 0)
			return attrs[1];
	return NULL;
}

const char *xml_attr_prefixed(const char **attrs, const char *name)
{
	for (; attrs[0]; attrs += 2) {
		const char *c = strchr(attrs[0], ':');
		if (c && strcmp(c + 1, name) == 0)
			return attrs[1];
	}
	return NULL;
}

void xml_stop(struct xml *x)
{
	x->stopped = true;
	XML_StopParser(x->parser, XML_FALSE);
}

void xml_fail(struct xml *x, enum err e, const char *msg, const char *arg)
{
	if (x->err == OK) {
		x->err = fail(x->pk->f, e, msg, NULL);
		if (arg && x->pk->f)
			snprintf(x->pk->f->arg, sizeof(x->pk->f->arg), "%s", arg);
	}
	xml_stop(x);
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attrs)
{
	struct xml *x = user;
	x->silent = 0;
	if (x->stopped)
		return;
	if (++x->depth > DEPTH_MAX) {
		xml_fail(x, ERR_LIMIT, N_("The workbook's contents are nested too deeply"), NULL);
		return;
	}
	x->start(x, xml_local(name), attrs);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
	struct xml *x = user;
	x->silent = 0;
	x->depth--;
	if (!x->stopped && x->end)
		x->end(x, xml_local(name));
}

static void XMLCALL on_text(void *user, const XML_Char *s, int n)
{
	struct xml *x = user;
	x->silent = 0;
	if (!x->stopped && x->text)
		x->text(x, s, (size_t)n);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	struct xml *x = user;
	xml_fail(x, ERR_INVALID, N_("The workbook holds a document type or entities, which no spreadsheet program writes; it was refused"), NULL);
}

static void XMLCALL on_comment(void *user, const XML_Char *s)
{
	((struct xml *)user)->silent = 0;
}

static void XMLCALL on_pi(void *user, const XML_Char *target, const XML_Char *data)
{
	((struct xml *)user)->silent = 0;
}

/* ---- streaming a part ---- */

static enum err feed(struct package *pk, zip_file_t *zf, const char *name, struct xml *x)
{
	for (;;) {
		void *w = XML_GetBuffer(x->parser, WINDOW);
		if (!w)
			return fail(pk->f, ERR_LIMIT, N_("The workbook is too large to read"), "expat: no buffer in %s", name);
		zip_int64_t n = zip_fread(zf, w, WINDOW);
		if (n < 0)
			return broken(pk->f, zip_error_strerror(zip_file_get_error(zf)));
		if ((uint64_t)n > pk->left)
			return fail(pk->f, ERR_LIMIT, N_("The workbook is too large when unpacked"), "more than %llu bytes", (unsigned long long)pk->l->max_bytes);
		pk->left -= (uint64_t)n;
		x->silent += (uint64_t)n;
		enum XML_Status s = XML_ParseBuffer(x->parser, (int)n, n == 0);
		if (x->err != OK)
			return x->err;
		if (x->stopped)
			return OK;
		if (s != XML_STATUS_OK) {
			char why[160];
			snprintf(why, sizeof(why), "%s line %lu: %s", name, (unsigned long)XML_GetCurrentLineNumber(x->parser), XML_ErrorString(XML_GetErrorCode(x->parser)));
			return broken(pk->f, why);
		}
		if (x->silent > SILENT_MAX)
			return fail(pk->f, ERR_LIMIT, N_("The workbook is too large to read"), "a tag of more than %d bytes in %s", SILENT_MAX, name);
		if (n == 0)
			return OK;
	}
}

enum err package_read(struct package *pk, const char *name, struct xml *x, bool *ret_found)
{
	zip_stat_t st;
	zip_int64_t at = zip_name_locate(pk->z, name, ZIP_FL_NOCASE);
	if (ret_found)
		*ret_found = at >= 0;
	if (at < 0)
		return ret_found ? OK : broken(pk->f, "a part is missing");
	if (zip_stat_index(pk->z, (zip_uint64_t)at, 0, &st) != 0)
		return broken(pk->f, zip_error_strerror(zip_get_error(pk->z)));
	if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
		return fail(pk->f, ERR_INVALID, N_("The workbook is locked with a password"), "encrypted part");
	if ((st.valid & ZIP_STAT_SIZE) && st.size > pk->left)
		return fail(pk->f, ERR_LIMIT, N_("The workbook is too large when unpacked"), "says %llu bytes", (unsigned long long)st.size);
	zip_file_t *zf = zip_fopen_index(pk->z, (zip_uint64_t)at, 0);
	if (!zf)
		return broken(pk->f, zip_error_strerror(zip_get_error(pk->z)));
	XML_Parser parser = XML_ParserCreate(NULL);
	if (!parser) {
		zip_fclose(zf);
		return fail(pk->f, ERR_INTERNAL, NULL, "expat: out of memory");
	}
	unsigned long salt;
	random_bytes(&salt, sizeof(salt));
	XML_SetHashSalt(parser, salt | 1);
	x->pk = pk;
	x->parser = parser;
	XML_SetUserData(parser, x);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	XML_SetCommentHandler(parser, on_comment);
	XML_SetProcessingInstructionHandler(parser, on_pi);
	enum err e = feed(pk, zf, name, x);
	XML_ParserFree(parser);
	x->parser = NULL;
	zip_fclose(zf);
	return e;
}
