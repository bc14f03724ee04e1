// SPDX-License-Identifier: Apache-2.0
#include <zooid/node.hpp>

#include <zooid/node_service.hpp>

#include "engine.hpp"

#include <utility>

namespace zooid {
namespace {

class node_servant {
 public:
  using contract = node_service;
  explicit node_servant(detail::core& of) : core_(of) {}
  void on(service::ping) const {}
  bool on(service::ready) const { return !core_.stopping(); }

 private:
  detail::core& core_;
};

}  // namespace

node::node(node_options options) : engine_(make_intrusive<engine>(std::move(options))) {
  try {
    spawn_as<node_servant>("zooid", engine_->core());
    engine_->start();
  } catch (...) {
    engine_->stop(duration::zero());
    throw;
  }
}

node::~node() { engine_->stop(engine_->options().drain); }

shutdown_report node::stop(duration drain) { return engine_->stop(drain); }
const std::string& node::endpoint() const noexcept { return engine_->endpoint(); }
std::uint64_t node::id() const noexcept { return engine_->core().id(); }
zooid::accounts node::accounts() { return engine_->core().accounts(); }
std::vector<session_accounts> node::sessions() const { return engine_->sessions(); }
actor_system& node::system() noexcept { return engine_->system(); }
void node::learn_contract(const contract_codec& contract) { engine_->learn(contract); }
intrusive_ptr<detail::target> node::find_target(std::string_view address, const contract_codec& contract) {
  return engine_->find(address, contract);
}

}  // namespace zooid
