// SPDX-License-Identifier: Apache-2.0
#include "restart_policy.hpp"

#include <algorithm>

restart_policy::restart_policy(const restart_rule& rule) : rule_(rule), next_pause_(rule.backoff) {}

restart_policy::decision restart_policy::after(time_point began, time_point now, bool ended_well) {
  using policy = restart_rule::policy;
  if (ended_well && rule_.when != policy::always) return {verdict::enough, {}, 0};
  if (rule_.when == policy::never) return {verdict::failed, {}, 0};

  while (!restarts_.empty() && now - restarts_.front() >= rule_.within) restarts_.pop_front();
  if (restarts_.size() >= rule_.times) return {verdict::failed, {}, 0};
  restarts_.push_back(now);

  if (now - began >= long_run) next_pause_ = rule_.backoff;
  const duration pause = next_pause_;
  // A first pause that is longer than the longest was asked for, and stays.
  next_pause_ = std::max(rule_.backoff, std::min(2 * pause, longest_pause));
  return {verdict::again, pause, static_cast<unsigned>(restarts_.size())};
}
