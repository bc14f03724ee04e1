// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include <sqlite3.h>

/// A file of SQLite, made if it is not there. One thread at a time. Everything here throws std::runtime_error with the
/// file and SQLite's words.
///
/// What was committed survives that the process is killed at any moment. It is not written through to the disk with
/// each commit (synchronous = NORMAL), so after a power cut the last ones may be missing.
class database {
 public:
  /// `tables`: CREATE TABLE IF NOT EXISTS ...
  database(std::string file, const char* tables);
  void run(const char* sql);

 private:
  friend class statement;
  [[noreturn]] void complain() const;
  struct closer {
    void operator()(sqlite3* open) const { sqlite3_close(open); }
  };
  std::string file_;
  std::unique_ptr<sqlite3, closer> open_;
};

/// One SQL statement, prepared once and used often; values take the places of its question marks.
class statement {
 public:
  statement(database& in, const char* sql);

  /// For what changes something.
  template <class... Values>
  void run(const Values&... values) {
    const rewinder at_end{prepared_.get()};
    bind_all(values...);
    step();
  }
  /// The columns of the row found, if there is one: `find.one<std::int64_t, std::string>(17)`.
  template <class... Columns, class... Values>
  std::optional<std::tuple<Columns...>> one(const Values&... values) {
    const rewinder at_end{prepared_.get()};
    bind_all(values...);
    if (!step()) return {};
    std::tuple<Columns...> row;
    std::apply([this, column = 0](Columns&... into) mutable { (read(column++, into), ...); }, row);
    return row;
  }

 private:
  /// Ends the use of a statement, so that it holds no lock.
  struct rewinder {
    sqlite3_stmt* prepared;
    ~rewinder() { sqlite3_reset(prepared); }
  };
  struct finalizer {
    void operator()(sqlite3_stmt* prepared) const { sqlite3_finalize(prepared); }
  };

  template <class... Values>
  void bind_all(const Values&... values) {
    int place = 0;
    (bind(++place, values), ...);
  }
  void bind(int place, std::int64_t value);
  void bind(int place, std::string_view value);
  void read(int column, std::int64_t& value) const;
  void read(int column, std::string& value) const;
  /// True: there is a row.
  bool step();

  database* in_;
  std::unique_ptr<sqlite3_stmt, finalizer> prepared_;
};

/// What is run while it lives happens as a whole once it is committed, or else not at all.
class transaction {
 public:
  explicit transaction(database& in);
  transaction(transaction&&) = delete;
  ~transaction();
  void commit();

 private:
  database& in_;
  bool open_ = true;
};
