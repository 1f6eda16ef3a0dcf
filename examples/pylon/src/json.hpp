/// nlohmann's JSON, with a null for what there is none of.

#ifndef PYLON_JSON_HPP
#define PYLON_JSON_HPP

#include <optional>

#include <nlohmann/json.hpp>

namespace pylon
{

using nlohmann::json;

template <class T> json or_null(const std::optional<T> &value)
{
	return value ? json(*value) : json();
}

} // namespace pylon

#endif
