/// The time, in seconds since 1970.

#ifndef PYLON_CLOCK_HPP
#define PYLON_CLOCK_HPP

#include <chrono>
#include <cstdint>

namespace pylon
{

inline std::int64_t now()
{
	using namespace std::chrono;
	return duration_cast<seconds>(system_clock::now().time_since_epoch())
		.count();
}

} // namespace pylon

#endif
