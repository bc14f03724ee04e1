// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

// What main tells its terminal. These never leave the program.
struct Enter {
  using reply = void;
};
struct Typed {
  using reply = void;
  std::string text;
};
struct Exit {
  using reply = void;
};
struct Screen : zooid::local_contract<Enter, Typed, Exit> {};

/// A guest: says what was typed, and prints what the others do.
class Terminal {
 public:
  using contract = Screen;

  /// `endpoint`: the room's.
  Terminal(zooid::ref<Room> room, std::string endpoint, std::string name)
      : room_(std::move(room)), endpoint_(std::move(endpoint)), name_(std::move(name)) {}

  /// First the events, then who is there: nothing can happen in between unheard.
  zooid::task<zooid::result<void>> on(const Enter&, zooid::context& in) {
    auto presence = in.subscribe<Presence>(this, zooid::from(endpoint_)).confirmed(patience);
    auto said = in.subscribe<Said>(this, zooid::from(endpoint_)).confirmed(patience);
    if (const zooid::result<void> confirmed = co_await presence; !confirmed) co_return confirmed;
    if (const zooid::result<void> confirmed = co_await said; !confirmed) co_return confirmed;
    const zooid::result<void> joined = co_await join();
    if (joined) in.after(1s, this, StillHere{});
    co_return joined;
  }

  struct StillHere {};
  zooid::task<> on(const StillHere&, zooid::context& in) {
    const zooid::result<void> joined = co_await join();
    if (!joined && !std::exchange(away_, true)) print("* not in the room: " + joined.error().to_string());
    in.after(1s, this, StillHere{});
  }

  zooid::task<> on(const Typed& line) {
    const zooid::result<void> said = co_await room_.within(patience).call<Say>(name_, line.text);
    if (!said) print("* nobody heard that: " + said.error().to_string());
  }

  zooid::task<zooid::result<void>> on(const Exit&) { co_return co_await room_.within(patience).call<Leave>(name_); }

  void on(const Presence& guest) {
    if (is_news(guest)) print("* " + guest.name + " " + guest.how);
  }
  void on(const Said& said) {
    if (is_news(said)) print(said.name + ": " + said.text);
  }
  void on(const zooid::gap<Presence>& lost) { missed(lost.missed); }
  void on(const zooid::gap<Said>& lost) { missed(lost.missed); }

 private:
  static constexpr auto patience = 2s;

  /// Enters the room, or stays there.
  zooid::task<zooid::result<void>> join() {
    const zooid::result<Welcome> welcome = co_await room_.within(patience).call<Join>(name_);
    if (!welcome) co_return welcome.error();
    if (welcome->entered) entered_at_ = welcome->line;
    if (std::exchange(away_, false) || welcome->entered) print("* here: " + in_words(welcome->guests));
    co_return zooid::result<void>{};
  }

  template <class Event>
  [[nodiscard]] bool is_news(const Event& event) const {
    return event.line > entered_at_ && event.name != name_;
  }
  void missed(std::optional<std::uint64_t> lines) {
    if (lines) return print("* " + std::to_string(*lines) + " lines were lost on the way here");
    entered_at_ = 0;  // The room was started anew: it counts from 1 again,
    away_ = true;     // and who was there may be gone.
  }

  static std::string in_words(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
  }
  /// What others write shall not control this terminal.
  static void print(std::string line) {
    std::replace_if(line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 127; }, '?');
    std::cout << line << std::endl;
  }

  const zooid::ref<Room> room_;
  const std::string endpoint_;
  const std::string name_;
  std::uint64_t entered_at_ = 0;  // The line of the room at which it did.
  bool away_ = true;              // It is not known who is there.
};
