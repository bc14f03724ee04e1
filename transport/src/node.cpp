// SPDX-License-Identifier: Apache-2.0
#include <zooid/node.hpp>

#include "engine.hpp"
#include "event_hub.hpp"
#include "node_servant.hpp"

#include <utility>

namespace zooid {
node::node(node_options options) : engine_(make_intrusive<engine>(std::move(options))) {
  try {
    if (engine_->options().service) spawn_as<node_servant>("zooid", *engine_);
    engine_->start();
  } catch (...) {
    engine_->stop(duration::zero());
    throw;
  }
}

node::~node() { engine_->stop(engine_->options().drain); }

shutdown_report node::stop(duration drain) { return engine_->stop(drain); }
const std::string& node::endpoint() const noexcept { return engine_->endpoint(); }
std::string node::events_endpoint() const { return engine_->events().publisher().endpoint(event_flow::lossy); }
std::uint64_t node::id() const noexcept { return engine_->core().id(); }
zooid::accounts node::accounts() { return engine_->core().accounts(); }
std::vector<session_accounts> node::sessions() const { return engine_->sessions(); }
actor_system& node::system() noexcept { return engine_->system(); }
void node::learn_contract(const contract_codec& contract) { static_cast<void>(engine_->learn(contract)); }
intrusive_ptr<detail::target> node::find_target(std::string_view address, const contract_codec& contract) {
  return engine_->find(address, contract);
}

}  // namespace zooid
