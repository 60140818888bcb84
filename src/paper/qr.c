/* Why: a paper or a poster leads to a page of the citizens' platform.  One <path> of horizontal runs: small, and drawn
 * without seams at any size.  Four modules of quiet zone, as ISO/IEC 18004 asks. */
#include "paper/inner.h"
#include <errno.h>
#include <qrencode.h>

#define QUIET 4

enum err qr_make(struct str data, struct qr *ret, struct fault *f)
{
	if (data.n == 0 || data.n > 2331)
		return fail(f, ERR_LIMIT, N_("The text is too long for a QR code"), "%zu bytes", data.n);
	QRcode *q = QRcode_encodeData((int)data.n, (const unsigned char *)data.p, 0, QR_ECLEVEL_M);
	if (!q)
		return fail(f, errno == ERANGE ? ERR_LIMIT : ERR_INTERNAL, N_("The text is too long for a QR code"), "qrencode: errno %d", errno);
	*ret = (struct qr){ q->width, q };
	return OK;
}

bool qr_dark(const struct qr *q, int x, int y) { return ((const QRcode *)q->code)->data[y * q->width + x] & 1; }
void qr_free(struct qr *q) { QRcode_free(q->code); }

enum err qr_svg(struct str data, int scale, struct buf *ret, struct fault *f)
{
	struct qr q;
	if (scale < 1 || scale > 100)
		return fail(f, ERR_LIMIT, N_("The text is too long for a QR code"), "scale %d", scale);
	TRY(qr_make(data, &q, f));
	int w = q.width, side = (w + 2 * QUIET);
	buf_printf(ret, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" role=\"img\">"
		   "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"", side * scale, side * scale, side, side, side, side);
	for (int y = 0; y < w; y++)
		for (int x = 0; x < w;) {
			int from = x;
			while (x < w && qr_dark(&q, x, y))
				x++;
			if (x > from)
				buf_printf(ret, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
			else
				x++;
		}
	buf_cstr(ret, "\"/></svg>");
	qr_free(&q);
	return ret->over ? fail(f, ERR_LIMIT, N_("The document is too large"), NULL) : OK;
}
