/* Why: see slip.h.  Invariant: no figure but those of the head stands on the sheet. */
#include "report/slip.h"

static struct str short_hex(struct arena *a, const unsigned char *p)
{
	BUF_AUTO b = BUF(64);
	for (int i = 0; i < 8; i += 2) {
		buf_cstr(&b, i ? " " : "");
		hex_put(&b, p + i, 2);
	}
	return arena_str(a, buf_view(&b));
}

enum err slip_pdf(struct ctx *c, const struct tree_head *h, struct buf *ret)
{
	struct civil d = civil_of(h->ms);
	BUF_AUTO json = BUF(1024);
	head_json(c, h, &json);
	bool zh = c->lang == LANG_ZH;
	const struct para p[] = {
		{ PARA_TITLE, STR_NONE, str_of(TRC(c, N_("Daily slip of the journal"))) },
		{ PARA_NUMBER, STR_NONE, zh ? arena_fmt(c->a, "%d年%d月%d日　第%lld号", d.year, d.month, d.day, (long long)h->number)
					    : arena_fmt(c->a, "%04d-%02d-%02d · no. %lld", d.year, d.month, d.day, (long long)h->number) },
		{ PARA_FIELD, str_of(TRC(c, N_("Signed at"))), datetime_str(c->a, h->ms) },
		{ PARA_FIELD, str_of(TRC(c, N_("Entries of the journal"))), arena_fmt(c->a, "%lld", (long long)h->size) },
		{ PARA_FIELD, str_of(TRC(c, N_("Root, first 16 digits"))), short_hex(c->a, h->root) },
		{ PARA_FIELD, str_of(TRC(c, N_("Signing key"))), str_of(h->key) },
		{ PARA_QR, str_of(TRC(c, N_("This code holds the whole signed head. Save what it says as a file and give it to xiaoan-verify by --head: it tells whether anything in the journal up to this moment was changed since."))), buf_view(&json) },
		{ PARA_SIGN, str_of(TRC(c, N_("Printed by"))), STR("") },
		{ PARA_SIGN, str_of(TRC(c, N_("Received and filed by"))), STR("") },
	};
	struct document doc = { .title = p[0].text, .p = p, .n = ARRAY_LEN(p) };
	return pdf_document(&doc, ret, c->f);
}
