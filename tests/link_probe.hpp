// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/link.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A node's frame: the magic, then `text`.
inline zooid::byte_buffer frame_of(std::string_view text) {
  zooid::byte_buffer frame;
  frame.append("ZOOI", 4);
  frame.append(text.data(), text.size());
  return frame;
}

inline std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Writes down what it hears: "up", the frames' texts, "down". Any thread.
class link_probe : public zooid::link_listener {
 public:
  void on_up() override {
    add("up");
    if (when_up) when_up();
  }
  void on_frame(std::span<const std::byte> frame, bool more) override {
    add(text_of(frame.subspan(4)));
    std::unique_lock lock(mutex_);
    last_more_ = more;
    lock.unlock();
    if (when_frame) when_frame(frame);
  }
  void on_down(std::string_view) override {
    add("down");
    if (when_down) when_down();
  }

  [[nodiscard]] std::vector<std::string> heard() const {
    std::lock_guard lock(mutex_);
    return heard_;
  }
  [[nodiscard]] std::size_t count() const {
    std::lock_guard lock(mutex_);
    return heard_.size();
  }
  [[nodiscard]] bool is(std::string_view last) const {
    std::lock_guard lock(mutex_);
    return !heard_.empty() && heard_.back() == last;
  }
  [[nodiscard]] bool last_more() const {
    std::lock_guard lock(mutex_);
    return last_more_;
  }

  std::function<void()> when_up;
  std::function<void(std::span<const std::byte>)> when_frame;
  std::function<void()> when_down;

 private:
  void add(std::string what) {
    std::lock_guard lock(mutex_);
    heard_.push_back(std::move(what));
  }

  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  bool last_more_ = false;
};

/// Takes everybody, with a link_probe each, and answers foreign programs with their own parts. Any thread.
class acceptor_probe : public zooid::link_acceptor {
 public:
  std::shared_ptr<zooid::link_listener> on_accept(std::shared_ptr<zooid::link> from) override {
    auto probe = std::make_shared<link_probe>();
    if (prepare) prepare(from, *probe);
    std::lock_guard lock(mutex_);
    links_.push_back(std::move(from));
    probes_.push_back(probe);
    return refuse ? nullptr : probe;
  }
  void on_foreign(std::span<const std::span<const std::byte>> message, zooid::foreign_answer answer) override {
    std::lock_guard lock(mutex_);
    std::vector<zooid::byte_buffer> echo;
    std::vector<std::string>& texts = foreign_.emplace_back();
    for (const auto part : message) {
      echo.emplace_back().append(part.data(), part.size());
      texts.push_back(text_of(part));
    }
    answer(std::move(echo));
  }

  [[nodiscard]] std::size_t count() const {
    std::lock_guard lock(mutex_);
    return links_.size();
  }
  [[nodiscard]] std::shared_ptr<zooid::link> link(std::size_t i) const {
    std::lock_guard lock(mutex_);
    return links_.at(i);
  }
  [[nodiscard]] std::shared_ptr<link_probe> probe(std::size_t i) const {
    std::lock_guard lock(mutex_);
    return probes_.at(i);
  }
  [[nodiscard]] std::vector<std::vector<std::string>> foreign() const {
    std::lock_guard lock(mutex_);
    return foreign_;
  }

  std::function<void(const std::shared_ptr<zooid::link>&, link_probe&)> prepare;
  bool refuse = false;

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<zooid::link>> links_;
  std::vector<std::shared_ptr<link_probe>> probes_;
  std::vector<std::vector<std::string>> foreign_;
};
