/// SQLite with statements and transactions that end by themselves.

#ifndef PYLON_DATABASE_HPP
#define PYLON_DATABASE_HPP

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace pylon
{

/// One statement with its values bound, and then the row that it stands at.
class statement
{
public:
	statement(sqlite3 *connection, std::string_view sql);

	void bind(int place, std::string_view text);
	void bind(int place, std::int64_t number);
	template <class T> void bind(int place, const std::optional<T> &value)
	{
		if (value)
			bind(place, *value);
	}

	/// Goes to the next row; whether there is one.
	bool next();

	std::string text(int column) const;
	std::int64_t integer(int column) const;
	std::optional<std::string> optional_text(int column) const;
	std::optional<std::int64_t> optional_integer(int column) const;

private:
	struct finalizer {
		void operator()(sqlite3_stmt *raw) const
		{
			sqlite3_finalize(raw);
		}
	};

	bool is_null(int column) const;

	std::unique_ptr<sqlite3_stmt, finalizer> raw_;
};

/// A connection with the service's tables. Threads take turns.
class database
{
public:
	/// Opens a file, or ":memory:", and creates the tables that are
	/// missing.
	explicit database(const std::string &path);

	/// A statement; its values replace ?1, ?2 and so on.
	template <class... Value>
	statement query(std::string_view sql, const Value &...values) const
	{
		statement made(raw_.get(), sql);
		int place = 0;
		(made.bind(++place, values), ...);
		return made;
	}

	/// Runs a statement; how many rows it has changed.
	template <class... Value>
	std::int64_t run(std::string_view sql, const Value &...values) const
	{
		query(sql, values...).next();
		return sqlite3_changes64(raw_.get());
	}

	/// Reads, while no other thread does anything.
	template <class Work> auto read(const Work &work) const
	{
		const std::lock_guard turn(turn_);
		return work();
	}

	/// Changes all that `work` changes, or nothing if it throws.
	template <class Work> auto change(const Work &work) const
	{
		const std::lock_guard turn(turn_);
		const transaction whole(*this);
		if constexpr (std::is_void_v<decltype(work())>) {
			work();
			whole.commit();
		} else {
			auto result = work();
			whole.commit();
			return result;
		}
	}

private:
	class transaction
	{
	public:
		explicit transaction(const database &of);
		transaction(const transaction &) = delete;
		transaction &operator=(const transaction &) = delete;
		~transaction();
		void commit() const;

	private:
		const database &of_;
	};

	struct closer {
		void operator()(sqlite3 *raw) const { sqlite3_close_v2(raw); }
	};

	std::unique_ptr<sqlite3, closer> raw_;
	mutable std::mutex turn_;
};

} // namespace pylon

#endif
