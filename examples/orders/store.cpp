// SPDX-License-Identifier: Apache-2.0
#include "store.hpp"

#include <stdexcept>
#include <utility>

database::database(std::string file, const char* tables) : file_(std::move(file)) {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open(file_.c_str(), &opened);
  open_.reset(opened);
  if (status != SQLITE_OK) complain();
  sqlite3_busy_timeout(opened, 5000);  // Milliseconds; somebody may look into the file meanwhile.
  // Pages; moving them from the log to the file waits for the disk, so that is done for many at a time.
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 10000");
  run(tables);
}

void database::run(const char* sql) {
  if (sqlite3_exec(open_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) complain();
}

void database::complain() const { throw std::runtime_error(file_ + ": " + sqlite3_errmsg(open_.get())); }

statement::statement(database& in, const char* sql) : in_(&in) {
  sqlite3_stmt* prepared = nullptr;
  const int status = sqlite3_prepare_v3(in.open_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  prepared_.reset(prepared);
  if (status != SQLITE_OK) in.complain();
}

void statement::bind(int place, std::int64_t value) {
  if (sqlite3_bind_int64(prepared_.get(), place, value) != SQLITE_OK) in_->complain();
}

void statement::bind(int place, std::string_view value) {
  // Not copied: `run` and `one` end before the values do.
  const auto size = static_cast<int>(value.size());
  if (sqlite3_bind_text(prepared_.get(), place, value.data(), size, SQLITE_STATIC) != SQLITE_OK) in_->complain();
}

void statement::read(int column, std::int64_t& value) const { value = sqlite3_column_int64(prepared_.get(), column); }

void statement::read(int column, std::string& value) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared_.get(), column));
  if (text != nullptr) value.assign(text, static_cast<std::size_t>(sqlite3_column_bytes(prepared_.get(), column)));
}

bool statement::step() {
  const int status = sqlite3_step(prepared_.get());
  if (status != SQLITE_ROW && status != SQLITE_DONE) in_->complain();
  return status == SQLITE_ROW;
}

transaction::transaction(database& in) : in_(in) { in_.run("BEGIN IMMEDIATE"); }

transaction::~transaction() {
  if (!open_) return;
  try {
    in_.run("ROLLBACK");
  } catch (...) {  // It is undone anyway: by the error that brought us here, or when the file is opened next.
  }
}

void transaction::commit() {
  in_.run("COMMIT");
  open_ = false;
}
