/* Words for the user. English message ids in the code, Chinese in locale/zh_CN (a .po file a room), compiled
 * into one sorted table at build time by tools/po2c. Chinese is the default language. */
#ifndef XA_TR_H
#define XA_TR_H
#include "base/base.h"
enum lang { LANG_ZH, LANG_EN };
/* The text of a message id in a language; a missing one comes back as it is (a test finds it). Never NULL but for NULL. */
const char *tr(enum lang lang, const char *msgid);
#endif
