// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "files.hpp"
#include "words.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

/// Reads files from the first to the last, a number of times, and cuts them into words. A word ends with its file.
class word_reader {
 public:
  word_reader(file_list input, unsigned rounds) : input_(std::move(input)), rounds_(rounds) {}

  /// Reads the next 4 KiB at most and calls `take(std::string)` for every word that ended there. False: all is read.
  /// Throws std::runtime_error, and std::length_error for a word beyond all bounds.
  template <class Take>
  bool read(const Take& take) {
    if (!open_next()) return false;
    std::array<char, 4096> chunk;
    file_.read(chunk.data(), chunk.size());
    if (file_.bad()) throw std::runtime_error("cannot read " + path().string());
    const std::string_view text(chunk.data(), static_cast<std::size_t>(file_.gcount()));
    bytes_ += text.size();
    cutter_.feed(text, take);
    if (file_.eof()) {
      cutter_.finish(take);
      file_.close();
      if (++at_ == input_.files.size()) at_ = 0, ++round_;
    }
    return true;
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t bytes_in_all() const { return input_.bytes * rounds_; }

 private:
  [[nodiscard]] const std::filesystem::path& path() const { return input_.files[at_]; }

  bool open_next() {
    if (file_.is_open()) return true;
    if (round_ == rounds_ || input_.files.empty()) return false;
    file_.clear();
    file_.open(path(), std::ios::binary);
    if (!file_) throw std::runtime_error("cannot open " + path().string());
    return true;
  }

  const file_list input_;
  const unsigned rounds_;
  unsigned round_ = 0;
  std::size_t at_ = 0;
  std::ifstream file_;
  word_cutter cutter_;
  std::uint64_t bytes_ = 0;
};
