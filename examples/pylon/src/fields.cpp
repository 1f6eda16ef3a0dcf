#include "fields.hpp"

#include <cmath>
#include <utility>

namespace pylon
{

fields::fields(json object, std::string place)
    : object_(std::move(object)), place_(std::move(place))
{
	if (!object_.is_object())
		throw bad_document((place_.empty() ? "the body" : place_) +
				   " must be a JSON object");
}

std::optional<json> fields::any(const std::string &name)
{
	const auto found = object_.find(name);
	if (found == object_.end())
		return std::nullopt;
	json value = std::move(*found);
	object_.erase(found);
	return value;
}

std::optional<std::string> fields::text(const std::string &name)
{
	const auto value = any(name);
	if (!value || value->is_null())
		return std::nullopt;
	if (!value->is_string())
		refuse(name, "must be a string");
	return value->get<std::string>();
}

std::string fields::required(const std::string &name)
{
	auto value = text(name);
	if (!value || value->empty())
		refuse(name, "is missing or empty");
	return std::move(*value);
}

std::optional<std::int64_t> fields::integer(const std::string &name)
{
	const auto value = any(name);
	if (!value || value->is_null())
		return std::nullopt;
	// Beyond 2^53 numbers aren't the same in every language. One that is
	// too long for 64 bits was read as a floating one.
	const double number = value->is_number_integer() ? value->get<double>()
							 : std::nan("");
	if (!(std::abs(number) <= 0x1p53))
		refuse(name, "must be a whole number");
	return value->get<std::int64_t>();
}

void fields::finish() const
{
	if (!object_.empty())
		refuse(object_.begin().key(), "is unknown");
}

void fields::refuse(const std::string &name, const std::string &reason) const
{
	throw bad_document((place_.empty() ? name : place_ + "." + name) + " " +
			   reason);
}

} // namespace pylon
