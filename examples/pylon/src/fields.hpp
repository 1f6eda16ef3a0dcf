/// Reads a JSON object field by field, and is strict about it.

#ifndef PYLON_FIELDS_HPP
#define PYLON_FIELDS_HPP

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "json.hpp"

namespace pylon
{

/// A document isn't what it must be; the message names the place.
class bad_document : public std::runtime_error
{
	using runtime_error::runtime_error;
};

/// The fields of one object. Each that is asked for is taken out, so that
/// finish() finds those that nobody knows, a misspelt name above all.
class fields
{
public:
	/// `place` is what messages call the object; it may be empty.
	fields(json object, std::string place);

	/// Whether a field is there, be it null.
	bool has(const std::string &name) const
	{
		return object_.contains(name);
	}

	/// A field of any type; none where it is absent.
	std::optional<json> any(const std::string &name);

	/// A text; none where it is absent or null.
	std::optional<std::string> text(const std::string &name);

	/// A text that must be there, and not be empty.
	std::string required(const std::string &name);

	/// A whole number; none where it is absent or null.
	std::optional<std::int64_t> integer(const std::string &name);

	/// Fails if there is a field that nobody asked for.
	void finish() const;

private:
	[[noreturn]] void refuse(const std::string &name,
				 const std::string &reason) const;

	json object_;
	std::string place_;
};

} // namespace pylon

#endif
