/// Why a request isn't answered with what it asks for.

#ifndef PYLON_REFUSAL_HPP
#define PYLON_REFUSAL_HPP

#include <stdexcept>
#include <string>
#include <utility>

namespace pylon
{

/// Becomes {"error": {"code", "message"}} with its status.
class refusal : public std::runtime_error
{
public:
	/// The hint is for whoever runs the service, and left out where empty.
	refusal(int http_status, std::string name, const std::string &message,
		std::string remedy = {})
	    : runtime_error(message), status(http_status),
	      code(std::move(name)), hint(std::move(remedy))
	{
	}

	const int status;
	const std::string code;
	const std::string hint;
};

} // namespace pylon

#endif
