/* Why: a library that gets no memory does not always say so: pango then draws a paper without some of its words, xlsxwriter leaves out a
 * part, and both call it done; what they keep stays spoilt for the next paper. The process ends instead, as it does when base/ itself gets
 * none: that is a kill -9, which loses nothing that was said to be saved (S42).
 * Invariants: what is refused for its size alone (a file that claims gigabytes) is refused as ever. */
#include "base/base.h"
#include <stdlib.h>
#include <unistd.h>

#define WANTS_TOO_MUCH ((size_t)256 << 20)

void *memory_or_end(void *p, size_t n)
{
	static const char said[] = "xiaoan: no memory is left; the process ends, nothing saved is lost\n";
	if (p || n == 0 || n >= WANTS_TOO_MUCH)
		return p;
	(void)!write(STDERR_FILENO, said, sizeof said - 1);
	abort();
}

/* The sanitizers have allocators of their own (clang says so by a feature). free() stays the C library's, whose these are. */
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define OTHER_ALLOCATOR
#endif
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(OTHER_ALLOCATOR)
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

void *malloc(size_t n) { return memory_or_end(__libc_malloc(n), n); }
void *calloc(size_t n, size_t size)
{
	size_t all;
	void *p = __libc_calloc(n, size);
	return __builtin_mul_overflow(n, size, &all) ? p : memory_or_end(p, all);
}
void *realloc(void *p, size_t n) { return memory_or_end(__libc_realloc(p, n), n); }
#endif
