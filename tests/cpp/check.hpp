// What a C++ test needs: a check that says where it failed, and a count.

#ifndef CHECK_HPP
#define CHECK_HPP

#include <cstdio>
#include <cstdlib>

#define CHECK(...)                                                             \
	do {                                                                   \
		if (!(__VA_ARGS__))                                            \
			check::failed(__FILE__, __LINE__, #__VA_ARGS__);       \
	} while (false)

#define RUN(test) check::run(#test, test)

namespace check
{

inline const char *test = "";
inline int passed = 0;

[[noreturn]] inline void failed(const char *file, int line, const char *what)
{
	std::fprintf(stderr, "%s:%d: %s: %s\n", file, line, test, what);
	std::exit(1);
}

inline void run(const char *name, void (*action)())
{
	test = name;
	action();
	passed++;
}

inline int done()
{
	std::printf("%d passed\n", passed);
	return 0;
}

} // namespace check

#endif
