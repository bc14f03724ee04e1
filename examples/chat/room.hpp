// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

/// Knows who is there, and passes on what they say. Keeps nothing: who comes late does not hear what was said before.
class ChatRoom {
 public:
  using contract = Room;

  void start(zooid::context& in) { in.after(1s, this, LookAround{}); }

  zooid::result<Welcome> on(const Join& join, zooid::context& in) {
    if (is_anothers(join.name, in)) return name_taken(join.name);
    const bool entered = guests_.insert_or_assign(join.name, seat{in.sender(), in.now()}).second;
    if (entered) in.publish(Presence{++line_, join.name, true, "joined"});
    return Welcome{names(), line_, entered};
  }

  zooid::result<void> on(const Say& say, zooid::context& in) {
    if (is_anothers(say.name, in)) return name_taken(say.name);
    in.publish(Said{++line_, say.name, say.text});
    return {};
  }

  zooid::result<void> on(const Leave& leave, zooid::context& in) {
    if (is_anothers(leave.name, in)) return name_taken(leave.name);
    if (guests_.erase(leave.name) != 0) in.publish(Presence{++line_, leave.name, false, "left"});
    return {};
  }

  /// A message to itself. Who was killed cannot say so.
  struct LookAround {};
  void on(const LookAround&, zooid::context& in) {
    std::erase_if(guests_, [&](const auto& each) {
      const auto& [name, guest] = each;
      if (in.now() - guest.heard < silence) return false;
      in.publish(Presence{++line_, name, false, "is gone"});
      return true;
    });
    in.after(1s, this, LookAround{});
  }

 private:
  static constexpr auto silence = 3s;

  struct seat {
    zooid::actor_id who{};
    zooid::time_point heard{};
  };

  [[nodiscard]] bool is_anothers(const std::string& name, const zooid::context& in) const {
    const auto known = guests_.find(name);
    return known != guests_.end() && known->second.who != in.sender();
  }
  static zooid::error name_taken(const std::string& name) {
    return {zooid::errc::denied, "somebody else in the room is called " + name + ": take another name"};
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, guest] : guests_) all.push_back(name);
    return all;
  }

  std::map<std::string, seat> guests_;
  std::uint64_t line_ = 0;  // Counts its events.
};
