/* What every compiled template is given besides its own data. */
#ifndef XA_VIEW_H
#define XA_VIEW_H
#include "base/base.h"
#include "base/tr.h"
struct view {
	enum lang lang;
	struct str csrf, path;     /* token for forms; path of the page, with its query */
	bool demo;                 /* a demo city: every page says so */
	const void *face;          /* the face's own: struct shell */
};
#endif
