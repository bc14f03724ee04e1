// SPDX-License-Identifier: Apache-2.0
#include "csv.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

csv_reader::csv_reader(std::string file, std::string_view header) : file_(std::move(file)), in_(file_) {
  if (!in_) throw std::runtime_error("cannot read " + file_ + ": make it with make_orders.py");
  std::string first;
  std::getline(in_, first);
  ++line_;
  if (first != header) complain("the columns must be " + std::string(header));
  columns_.resize(static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')) + 1);
}

bool csv_reader::next() {
  std::string line;
  if (!std::getline(in_, line)) {
    if (in_.bad()) complain("cannot be read");
    return false;
  }
  ++line_;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t comma = line.find(',', begin);
    const bool last = i + 1 == columns_.size();
    if ((comma == std::string::npos) != last) complain("expected " + std::to_string(columns_.size()) + " values");
    columns_[i] = line.substr(begin, last ? std::string::npos : comma - begin);
    begin = comma + 1;
  }
  return true;
}

std::int64_t csv_reader::number(std::size_t column) const {
  const std::string& digits = columns_[column];
  std::int64_t value = 0;
  const auto [end, why] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (why != std::errc{} || end != digits.data() + digits.size()) complain("not a number: " + digits);
  return value;
}

void csv_reader::complain(const std::string& what) const {
  throw std::runtime_error(file_ + ":" + std::to_string(line_) + ": " + what);
}
