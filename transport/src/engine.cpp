// SPDX-License-Identifier: Apache-2.0
#include "engine.hpp"

#include "cell.hpp"
#include "endpoint.hpp"
#include "event_hub.hpp"
#include "plain_door.hpp"
#include "route.hpp"
#include "session.hpp"
#include "zmq_keys.hpp"
#include "zmq_network.hpp"

#include <algorithm>
#include <string>
#include <utility>

// Longer than other files, because which of two sessions stays is decided in one place, under one lock.

namespace zooid {
namespace {

constexpr std::size_t most_routes = 16384;  // That refs in messages may make.

std::chrono::milliseconds in_milliseconds(duration span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span);
}

node_options checked(node_options options) {
  constexpr std::size_t smallest_frame = 128 << 10;
  if (options.frame_limit < smallest_frame) {
    throw setup_error(errc::too_large, "node_options::frame_limit is " + std::to_string(options.frame_limit) +
                                           " bytes: at least " + std::to_string(smallest_frame) +
                                           " are needed for a batch");
  }
  return options;
}

system_options for_system(const node_options& from, const std::shared_ptr<network>& over) {
  system_options options;
  options.workers = from.workers;
  options.mailbox = from.mailbox;
  options.call_timeout = from.call_timeout;
  options.pending_calls = from.pending_calls;
  options.drain = from.drain;
  options.on_dead_letter = from.on_dead_letter;
  options.scheduler = from.scheduler;
  options.time = from.time;
  options.random = from.random;
  options.io = std::dynamic_pointer_cast<reactor>(over);
  return options;
}

/// Ids are what nodes say of themselves, keys are proven. Without keys all have the same, an empty one.
bool same_key(const session& one, const session& other) { return one.peer_key() == other.peer_key(); }

bool are_given(const security& keys) noexcept { return !keys.own.empty() || !keys.allowed.empty(); }

std::shared_ptr<network> network_for(const node_options& from) {
  if (from.network && are_given(from.keys)) {
    throw setup_error(errc::denied,
                      "node_options::keys are ZeroMQ's: what is given as node_options::network knows nothing of them; "
                      "leave one of the two out");
  }
  if (from.network) return from.network;
  zmq_options options;
  if (are_given(from.keys)) options.keys = std::make_shared<const zmq_keys>(from.keys);
  options.frame_limit = from.frame_limit;
  options.heartbeat_interval = in_milliseconds(from.heartbeat_interval);
  options.heartbeat_timeout = options.heartbeat_ttl = in_milliseconds(from.heartbeat_timeout);
  return make_zmq_network(options);
}

}  // namespace

class engine::link_acceptance final : public link_acceptor {
 public:
  explicit link_acceptance(engine& of) : engine_(&of), door_(of.door_) {}

  std::shared_ptr<link_listener> on_accept(std::shared_ptr<link> from) override {
    wait_until_endpoint_is_known();
    if (engine_->closed()) return nullptr;
    const auto fresh = make_intrusive<session>(*engine_, nullptr);
    fresh->attach(std::move(from));
    {
      const std::lock_guard lock(engine_->mutex_);
      engine_->sessions_.emplace(fresh->number(), fresh);
    }
    return fresh->listener();
  }

  void on_foreign(std::span<const std::span<const std::byte>> parts, foreign_answer answer) override {
    wait_until_endpoint_is_known();
    door_->on_request(parts, std::move(answer));
  }

 private:
  void wait_until_endpoint_is_known() { const std::lock_guard lock(engine_->listening_mutex_); }

  intrusive_ptr<engine> engine_;
  intrusive_ptr<plain_door> door_;
};

engine::engine(node_options options)
    : options_(checked(std::move(options))),
      network_(network_for(options_)),
      system_(for_system(options_, network_)),
      events_(make_intrusive<event_hub>(*this)) {
  core().set_observer(events_);
  past_.peer = "sessions that are over";
  past_.over = true;
}

engine::~engine() = default;

void engine::start() {
  if (!options_.events.empty()) events_->publisher().open();
  if (options_.listen.empty()) return;
  check_allowed(options_.listen, "listen at");
  door_ = make_intrusive<plain_door>(*this, options_.door);
  const std::lock_guard lock(listening_mutex_);  // The first stranger may be there before listen has returned.
  endpoint_ = network_->listen(options_.listen, acceptor());
  if (!options_.advertise.empty()) endpoint_ = options_.advertise;
}

std::shared_ptr<link_acceptor> engine::acceptor() { return std::make_shared<link_acceptance>(*this); }

void engine::check_allowed(const std::string& endpoint, std::string_view what) const {
  if (!is_endpoint(endpoint)) {
    throw setup_error(errc::malformed_address, "cannot " + std::string(what) + " \"" + endpoint +
                                                   "\": expected \"tcp://host:port\" or \"ipc:///path\"");
  }
  if (options_.insecure || has_keys() || is_local_endpoint(endpoint)) return;
  throw setup_error(errc::denied, "refusing to " + std::string(what) + " " + endpoint +
                                      ": beyond loopback and ipc anybody may read, forge and flood; give the node keys "
                                      "(node_options::keys), or set node_options::insecure to allow it all the same");
}

bool engine::has_keys() const noexcept { return are_given(options_.keys); }

/// Nobody while it cannot be read.
allow_list engine::allowed_keys() const {
  try {
    return has_keys() ? allow_list::read(options_.keys.allowed) : allow_list();
  } catch (const setup_error&) {
    return {};
  }
}

// Contracts and refs.

const known_contract& engine::learn(const contract_codec& contract) {
  const std::lock_guard lock(contracts_mutex_);
  const auto [at, fresh] = contracts_.try_emplace(contract.type);
  known_contract& known = at->second;
  if (!fresh) return known;
  known.codec = &contract;
  for (const message_codec& each : contract.messages) {
    known.schemas.push_back(each.describe());
    known.fingerprints.push_back(known.schemas.back().fingerprint());
  }
  return known;
}

const known_contract* engine::known(const detail::contract_type* contract) const {
  const std::lock_guard lock(contracts_mutex_);
  const auto found = contracts_.find(contract);
  return found == contracts_.end() ? nullptr : &found->second;
}

bool engine::is_own(std::string_view endpoint) const noexcept { return !endpoint_.empty() && endpoint == endpoint_; }

intrusive_ptr<detail::target> engine::find(std::string_view address, const contract_codec& contract) {
  learn(contract);
  service_address parsed = parse_service_address(address);
  if (parsed.endpoint.empty() || is_own(parsed.endpoint)) return core().find(parsed.service);
  check_allowed(parsed.endpoint, "dial");
  return make_intrusive<remote_target>(route_to(parsed.endpoint),
                                       remote_place{wire::location::named, 0, 0, std::move(parsed.service)}, contract);
}

void engine::save(output_archive& to, const detail::target* from, const contract_codec& contract) {
  learn(contract);
  wire::location kind = wire::location::nobody;
  std::uint64_t node = core().id();
  std::uint64_t number = 0;
  std::string name;
  std::string endpoint = endpoint_;
  if (const auto* const remote = dynamic_cast<const remote_target*>(from)) {
    kind = remote->place().kind;
    number = remote->place().number;
    name = remote->place().name;
    node = kind == wire::location::pinned ? remote->place().node : remote->way().node();
    endpoint = remote->way().endpoint();
  } else if (const auto* const named = dynamic_cast<const detail::slot*>(from)) {
    kind = wire::location::named;
    name = named->describe();
  } else if (const auto* const pinned = dynamic_cast<const detail::cell*>(from)) {
    kind = wire::location::pinned;
    number = pinned->id().actor;
    name = pinned->type().name;
    core().export_actor(const_cast<detail::cell&>(*pinned));
  }
  to.put(static_cast<std::uint8_t>(kind));
  if (kind == wire::location::nobody) return;
  to.put(node);
  to.put(number);
  to(name, endpoint);
}

intrusive_ptr<detail::target> engine::load(input_archive& from, const contract_codec& contract) {
  learn(contract);
  std::uint8_t kind = 0;
  from(kind);
  if (kind == static_cast<std::uint8_t>(wire::location::nobody)) return nullptr;
  std::uint64_t node = 0;
  std::uint64_t number = 0;
  std::string name;
  std::string endpoint;
  from(node, number, name, endpoint);
  const auto place = static_cast<wire::location>(kind);
  if (place != wire::location::named && place != wire::location::pinned) throw codec_error("a ref of unknown kind");
  // By its address, or by its name alone, as programs that are no nodes know it.
  if (node == 0 && place == wire::location::named && (endpoint.empty() || is_own(endpoint))) node = core().id();
  if (node == core().id()) {
    if (place == wire::location::named) {
      if (core().names() >= most_routes && !core().find_known(name)) throw codec_error("refs to too many services");
      return core().find(name);
    }
    if (auto known = core().find_exported(number)) return known;
  }
  if (!endpoint.empty() && !is_endpoint(endpoint))
    throw codec_error("a ref to \"" + endpoint + "\", which is no endpoint");
  if (!endpoint.empty() && !options_.insecure && !has_keys() && !is_local_endpoint(endpoint)) {
    throw codec_error("a ref to " + endpoint + ", which is beyond loopback and ipc: a node with keys may go there");
  }
  if (node == 0 && endpoint.empty()) throw codec_error("a ref without a place");
  intrusive_ptr<route> way = route_to_node(node, endpoint);  // Unlike route_to, it bounds how many there are.
  return make_intrusive<remote_target>(std::move(way), remote_place{place, node, number, std::move(name)}, contract);
}

// Events.

std::shared_ptr<event_outlet> engine::open_outlet(event_flow flow, std::shared_ptr<event_outlet_listener> listener) {
  const bool lossy = flow == event_flow::lossy;
  std::string at = options_.events;
  if (at.empty() || !lossy) {
    const std::string& base = at.empty() ? options_.listen : at;
    if (base.empty()) {
      throw setup_error(errc::denied, "a node without node_options::listen or events has no address for its events");
    }
    at = base.starts_with("tcp://") ? base.substr(0, base.rfind(':')) + ":0"
                                    : base + (lossy ? ".events" : ".lossless-events");
  }
  check_allowed(at, "publish events at");
  return network_->open_outlet(at, flow, std::move(listener));
}

std::shared_ptr<event_inlet> engine::open_inlet(const std::string& endpoint, event_flow flow,
                                                std::shared_ptr<event_inlet_listener> listener) {
  check_allowed(endpoint, "hear events of");
  if (has_keys() && allowed_keys().find_key(listener->publisher_key()) == nullptr) {
    throw setup_error(errc::denied,
                      "refusing to hear events of " + endpoint + ": its key is no longer in " + options_.keys.allowed);
  }
  return network_->open_inlet(endpoint, flow, std::move(listener));
}

/// The port that was bound, at the host that others dial.
std::string engine::advertised(const std::string& bound) const {
  constexpr std::string_view tcp = "tcp://";
  if (!bound.starts_with(tcp) || !options_.advertise.starts_with(tcp)) return bound;
  return options_.advertise.substr(0, options_.advertise.rfind(':')) + bound.substr(bound.rfind(':'));
}

intrusive_ptr<route> engine::route_for_events(const std::string& endpoint) {
  check_allowed(endpoint, "subscribe at");
  static_cast<void>(parse_service_address(endpoint + "/zooid"));  // It is an endpoint, and nothing more.
  return is_own(endpoint) ? nullptr : route_to(endpoint);
}

errc engine::encode(const message_codec& how, const void* message, byte_buffer& to) {
  const std::size_t start = to.size();
  try {
    output_archive archive(to, this);
    how.encode(archive, message);
  } catch (...) {  // Also from a user's own serialize.
    to.truncate(start);
    return errc::malformed;
  }
  if (to.size() - start > options_.frame_limit) {
    to.truncate(start);
    return errc::too_large;
  }
  return errc{};
}

// Routes and sessions.

intrusive_ptr<route> engine::route_to(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  auto& way = routes_[endpoint];
  if (!way) way = make_intrusive<route>(*this, endpoint, 0);
  return way;
}

intrusive_ptr<route> engine::route_to_node(std::uint64_t node, const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  // With keys the endpoint says who it has to be; whoever is let in may call himself any node.
  if (const auto known = routes_by_node_.find(node);
      known != routes_by_node_.end() && (!has_keys() || endpoint.empty() || known->second->endpoint() == endpoint)) {
    return known->second;
  }
  if (endpoint.empty())
    return routes_by_node_.emplace(node, make_intrusive<route>(*this, endpoint, node)).first->second;
  if (routes_.size() >= most_routes) throw codec_error("refs to too many endpoints");
  auto& way = routes_[endpoint];
  if (!way) way = make_intrusive<route>(*this, endpoint, node);
  return way;
}

error engine::dial(session& fresh) {
  const std::string endpoint = fresh.origin()->endpoint();
  if (closed()) return {errc::unreachable, endpoint + " cannot be dialled: the node is stopping", {}};
  {
    const std::lock_guard lock(mutex_);
    sessions_.emplace(fresh.number(), intrusive_ptr<session>(&fresh));
  }
  try {
    fresh.attach_dialled(*network_, endpoint);
  } catch (const setup_error& failed) {
    fresh.leave();
    const bool lets_not = failed.code() == errc::denied || failed.code() == errc::malformed;  // The allow-list.
    const error why{lets_not ? errc::denied : errc::unreachable, failed.what(), {}};
    if (lets_not) events_->subscriber().on_unreachable({intrusive_ptr<route>(fresh.origin())}, why);
    return why;
  }
  return {};
}

// Which session between two nodes stays: the first one that is confirmed. When both dial at the same time, both have
// welcomed the other's; then the one that the lower id dialled is confirmed, and the other dialler waits for that.

void engine::on_hello(session& from, bool force) {
  if (closed()) return;
  if (from.peer_node() == core().id()) {
    from.refuse({errc::denied, "a node cannot dial itself: find the service by its name alone", {}});
    return;
  }
  intrusive_ptr<session> obsolete;
  {
    const std::lock_guard lock(mutex_);
    const auto existing = established_.find(from.peer_node());
    if (existing != established_.end() && !same_key(*existing->second, from)) {
      from.refuse({errc::denied, "a node with another key has this id", {}});
      return;
    }
    if (existing != established_.end() && !force) {
      from.say(wire::frame::redundant);
      return;
    }
    if (existing != established_.end()) obsolete = existing->second;
    welcomed_[from.peer_node()] = intrusive_ptr<session>(&from);
  }
  if (obsolete) obsolete->end({errc::disconnected, obsolete->describe() + " opened a new session", {}});
  from.say(wire::frame::welcome);
}

void engine::on_welcome(session& from) {
  const std::uint64_t peer = from.peer_node();
  intrusive_ptr<session> instead;
  intrusive_ptr<session> unneeded;
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    const auto welcomed = welcomed_.find(peer);
    if (const auto existing = established_.find(peer); existing != established_.end()) {
      instead = existing->second;
    } else if (welcomed != welcomed_.end() && core().id() > peer && same_key(*welcomed->second, from)) {
      waiting_[peer].emplace_back(&from);
      waits = true;
    } else {
      from.open();
      established_.emplace(peer, intrusive_ptr<session>(&from));
      from.say(wire::frame::confirm);
      if (welcomed != welcomed_.end()) {  // The other side leaves it, without a word.
        unneeded = std::move(welcomed->second);
        welcomed_.erase(welcomed);
      }
    }
  }
  if (unneeded) unneeded->leave();
  if (instead) return use_instead(*instead, from);
  if (waits) return from.leave();
  establish(from);
}

void engine::on_redundant(session& from) {
  const std::uint64_t peer = from.peer_node();
  intrusive_ptr<session> instead;
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    if (const auto existing = established_.find(peer); existing != established_.end()) {
      instead = existing->second;
    } else if (const auto welcomed = welcomed_.find(peer);
               welcomed != welcomed_.end() && same_key(*welcomed->second, from)) {
      // Their confirmation is on its way, over the other connection.
      waiting_[peer].emplace_back(&from);
      waits = true;
    }
  }
  if (instead) return use_instead(*instead, from);
  if (waits) return from.leave();
  from.say_hello(true);  // They have not noticed yet that the former session is over.
}

void engine::use_instead(session& instead, session& of) {
  of.leave();
  if (!same_key(instead, of)) {
    of.origin()->lost(of, {errc::denied, of.describe() + " says that it is a node which has another key", {}});
  } else if (of.origin()->established(instead)) {
    events_->subscriber().on_session_open(instead, {intrusive_ptr<route>(of.origin())});
  } else {
    of.origin()->lost(of, {errc::disconnected, of.describe() + " was lost", {}});
  }
}

void engine::on_confirm(session& from) {
  intrusive_ptr<session> obsolete;
  bool is_other = false;  // It was not there yet when this one greeted.
  {
    const std::lock_guard lock(mutex_);
    const auto existing = established_.find(from.peer_node());
    if (existing != established_.end() && existing->second.get() == &from) return;
    if (existing != established_.end()) obsolete = existing->second;
    is_other = obsolete && !same_key(*obsolete, from);
    // It may not be the last that was welcomed: nodes with two names are dialled twice.
    if (const auto welcomed = welcomed_.find(from.peer_node());
        welcomed != welcomed_.end() && welcomed->second.get() == &from) {
      welcomed_.erase(welcomed);
    }
  }
  if (is_other) {
    const error why{errc::denied, "a node with another key has this id", {}};
    from.refuse(why);
    return from.end(why);
  }
  if (obsolete) obsolete->end({errc::disconnected, obsolete->describe() + " opened a new session", {}});
  {
    const std::lock_guard lock(mutex_);
    from.open();
    established_[from.peer_node()] = intrusive_ptr<session>(&from);
  }
  establish(from);
}

void engine::establish(session& with) {
  std::vector<intrusive_ptr<route>> ways;
  std::vector<intrusive_ptr<session>> left;
  const allow_list keys = allowed_keys();
  const std::string key = with.peer_key();
  // With keys, who is let in may say that it is at any endpoint; the allow-list knows better.
  const auto leads_to_it = [&](const route& way) {
    if (!has_keys() || way.endpoint().empty() || &way == with.origin()) return true;
    const allow_list::entry* const expected = keys.find_endpoint(way.endpoint());
    return expected != nullptr && expected->key == key;
  };
  {
    const std::lock_guard lock(mutex_);
    if (routes_by_node_.size() > 2 * established_.size() + 64) {
      // Those who left, and to whom no ref is left: the map alone holds them, and copies are made under this lock.
      std::erase_if(routes_by_node_, [this](const auto& each) {
        return each.second->holders() == 1 && !established_.contains(each.first);
      });
    }
    auto& by_node = routes_by_node_[with.peer_node()];
    if (by_node && !leads_to_it(*by_node)) by_node = nullptr;
    if (!by_node && with.origin() != nullptr) by_node = intrusive_ptr<route>(with.origin());
    if (!by_node && !with.peer_endpoint().empty()) {
      if (const auto known = routes_.find(with.peer_endpoint());
          known != routes_.end() && leads_to_it(*known->second)) {
        by_node = known->second;
      }
    }
    if (!by_node) {
      const allow_list::entry* const owner = keys.find_endpoint(with.peer_endpoint());
      const bool is_anothers = owner != nullptr && owner->key != key;
      by_node = make_intrusive<route>(*this, is_anothers ? std::string() : with.peer_endpoint(), with.peer_node());
    }
    ways.push_back(by_node);
    if (with.origin() != nullptr && with.origin() != by_node.get()) ways.emplace_back(with.origin());
    if (const auto waiting = waiting_.find(with.peer_node()); waiting != waiting_.end()) {
      left = std::move(waiting->second);
      waiting_.erase(waiting);
    }
  }
  for (const auto& way : ways) static_cast<void>(way->established(with));  // If it is over, they have heard of it.
  events_->subscriber().on_session_open(with, ways);
  for (const auto& each : left) use_instead(with, *each);
}

void engine::on_over(session& which, const error& why) {
  std::vector<intrusive_ptr<route>> ways;
  std::vector<intrusive_ptr<session>> left;
  const session_accounts last = which.accounts();
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t peer = which.peer_node();
    sessions_.erase(which.number());
    const auto holds = [&](auto& map) {
      const auto found = map.find(peer);
      if (found == map.end() || found->second.get() != &which) return false;
      map.erase(found);
      return true;
    };
    const bool was_established = holds(established_);
    const bool was_welcomed = holds(welcomed_);
    if (which.origin() != nullptr) ways.emplace_back(which.origin());
    if (was_established) {
      if (const auto known = routes_by_node_.find(peer); known != routes_by_node_.end()) ways.push_back(known->second);
    }
    if (was_welcomed) {
      if (const auto waiting = waiting_.find(peer); waiting != waiting_.end()) {
        left = std::move(waiting->second);
        waiting_.erase(waiting);
      }
    }
    past_.sent += last.sent;
    past_.taken += last.taken;
    past_.cut_off += last.cut_off;
    past_.received += last.received;
    past_.events += last.events;
    for (std::size_t i = 0; i < errc_count; ++i) past_.refused[i] += last.refused[i];
  }
  for (const auto& way : ways) way->lost(which, why);
  for (const auto& each : left) each->origin()->lost(*each, why);
  events_->on_session_over(which);
  if (why.code == errc::denied || why.code == errc::incompatible) events_->subscriber().on_unreachable(ways, why);
}

void engine::on_left(session& which) {
  intrusive_ptr<session> left;
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(which.number()); found != sessions_.end()) {
    left = std::move(found->second);
    sessions_.erase(found);
  }
}

std::vector<intrusive_ptr<session>> engine::all_sessions() const {
  std::vector<intrusive_ptr<session>> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [number, each] : sessions_) all.push_back(each);
  return all;
}

std::vector<session_accounts> engine::sessions() const {
  std::vector<session_accounts> all;
  std::vector<intrusive_ptr<session>> present;
  {
    const std::lock_guard lock(mutex_);  // One look, so that a session which ends now is not missed.
    all.push_back(past_);
    for (const auto& [number, each] : sessions_) present.push_back(each);
  }
  for (const auto& each : present) all.push_back(each->accounts());
  return all;
}

// The end.

shutdown_report engine::stop(duration drain) {
  detail::stop_hooks hooks;
  hooks.quiet = [this] {
    const auto all = all_sessions();
    const bool settled = events_->publisher().settle() &&
                         std::all_of(all.begin(), all.end(), [](const auto& each) { return each->is_settled(); });
    const std::lock_guard lock(mutex_);
    return settled &&
           std::all_of(routes_.begin(), routes_.end(), [](const auto& each) { return each.second->queued() == 0; });
  };
  hooks.say_goodbye = [this](shutdown_report& report) { say_goodbye(report); };
  hooks.closed = [this] {
    const std::lock_guard lock(mutex_);
    return established_.empty();
  };
  hooks.close = [this](shutdown_report& report) {
    for (const auto& each : all_sessions()) {
      const session_accounts last = each->accounts();
      if (last.in_flight > 0) {
        report.cut_off.push_back(last.peer + ": " + std::to_string(last.in_flight) + " message(s) not acknowledged");
      }
      each->end({errc::shutdown, "the node is stopping", {}});
    }
    network_->close();
    events_->close();
    door_ = nullptr;
    forget_all();
  };
  return core().stop(drain, hooks);
}

/// They hold the engine; refs may hold some of them still.
void engine::forget_all() {
  std::map<std::string, intrusive_ptr<route>, std::less<>> routes;
  std::map<std::uint64_t, intrusive_ptr<route>> by_node;
  std::map<std::uint64_t, intrusive_ptr<session>> established;
  std::map<std::uint64_t, intrusive_ptr<session>> welcomed;
  std::map<std::uint64_t, std::vector<intrusive_ptr<session>>> waiting;
  const std::lock_guard lock(mutex_);
  routes.swap(routes_);
  by_node.swap(routes_by_node_);
  established.swap(established_);
  welcomed.swap(welcomed_);
  waiting.swap(waiting_);
}

void engine::say_goodbye(shutdown_report& report) {
  closed_.store(true, std::memory_order_release);
  if (door_) door_->close();
  std::vector<intrusive_ptr<route>> ways;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [endpoint, way] : routes_) ways.push_back(way);
  }
  for (const auto& way : ways) {
    if (std::string lost = way->close(); !lost.empty()) report.cut_off.push_back(std::move(lost));
  }
  for (const auto& each : all_sessions()) {
    if (each->is_settled()) each->bye();
  }
}

}  // namespace zooid
