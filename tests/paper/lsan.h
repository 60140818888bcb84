/* fontconfig and pango keep caches till the process dies, some behind tagged pointers that the leak checker cannot follow.
 * Theirs alone are forgiven. */
#ifndef XA_TEST_LSAN_H
#define XA_TEST_LSAN_H
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libpango\nleak:libcairo\nleak:libglib\nleak:libgobject\nleak:libfreetype\nleak:libharfbuzz\n";
}
#endif
