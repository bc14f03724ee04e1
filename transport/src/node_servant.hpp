// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/node_service.hpp>
#include <zooid/result.hpp>

namespace zooid {

class engine;

/// Answers for the node itself.
class node_servant {
 public:
  using contract = node_service;
  explicit node_servant(engine& of) : home_(of) {}

  void on(const service::ping&) const {}
  bool on(const service::ready&) const;
  result<service::node_description> on(const service::describe& asked) const;
  service::node_stats on(const service::stats&) const;
  result<void> on(const service::publish& event) const;

 private:
  engine& home_;
};

}  // namespace zooid
