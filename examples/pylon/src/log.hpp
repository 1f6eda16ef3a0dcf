/// Lines for whoever runs the service: never a credential among them.

#ifndef PYLON_LOG_HPP
#define PYLON_LOG_HPP

#include <iostream>
#include <string>

namespace pylon
{

inline void log(const std::string &line)
{
	// One write to a line, since threads write at the same time.
	std::cerr << "pylon: " + line + '\n';
}

} // namespace pylon

#endif
