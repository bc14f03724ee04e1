// SPDX-License-Identifier: Apache-2.0
#include "node_watch.hpp"

#include "json_text.hpp"
#include "node_counts.hpp"

#include <algorithm>
#include <utility>

namespace {

using namespace std::chrono_literals;

constexpr auto between_questions = 20ms;  // Until it is ready.
constexpr auto between_stats = 1s;
constexpr auto patience = 1s;  // For one answer.

}  // namespace

node_watch::node_watch(poll_loop& loop, const std::string& endpoint, const connection_keys& keys, bool wants_stats,
                       std::function<void()> on_ready)
    : wants_stats_(wants_stats),
      on_ready_(std::move(on_ready)),
      probe_(loop, endpoint, keys, [this](const door_probe::outcome& got) { on_answer(got); }) {
  step(steady::now());
}

std::string node_watch::complaint() const {
  return complaint_.empty() && !is_ready_ && probe_.is_asking() ? probe_.silence() : complaint_;
}

node_watch::time_point node_watch::due() const { return probe_.is_asking() ? probe_.due() : next_question_; }

void node_watch::step(time_point now) {
  probe_.step(now);
  if (!probe_.is_asking() && now >= next_question_) probe_.ask(is_ready_ ? "stats" : "ready", now + patience);
}

void node_watch::on_answer(const door_probe::outcome& got) {
  const time_point now = steady::now();
  const bool is_reply = got.answered && !got.refused;
  complaint_ = is_reply ? std::string() : got.text;
  if (is_ready_) {
    next_question_ = now + between_stats;
    rate_.reset();
    queued_.reset();
    if (is_reply) read_stats(got.text, now);
    return;
  }
  next_question_ = now + between_questions;
  if (is_reply && got.text != "true") complaint_ = "it says that it is not";
  is_hopeless_ = got.refused && got.text.starts_with("incompatible");  // The program was made without a door.
  if (!complaint_.empty()) return;
  is_ready_ = true;
  if (!wants_stats_) next_question_ = time_point::max();
  on_ready_();
}

void node_watch::read_stats(const std::string& json, time_point now) {
  try {
    const auto [handled, queued] = read_counts(ordered_json::parse(json));
    if (counted_ && now > *counted_) {
      const std::chrono::duration<double> passed = now - *counted_;
      rate_ = static_cast<double>(std::max(handled, handled_) - handled_) / passed.count();
    }
    queued_ = queued;
    handled_ = handled;
    counted_ = now;
  } catch (const nlohmann::json::exception&) {
    complaint_ = "its stats are not understood: it is of another version";
  }
}
