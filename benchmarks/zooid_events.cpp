// SPDX-License-Identifier: Apache-2.0
#include "child_process.hpp"
#include "entrants.hpp"
#include "event_load.hpp"
#include "payload.hpp"
#include "time_box.hpp"

#include <zooid/zooid.hpp>

#include <chrono>
#include <cstddef>
#include <future>
#include <iostream>
#include <list>
#include <string>
#include <utility>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

struct Lossless {
  static constexpr bool lossless = true;
  static constexpr const char* service = "lossless-listener";
  static constexpr losses allowed = losses::none;
  payload content{};
};

struct Default {
  static constexpr const char* service = "default-listener";
  static constexpr losses allowed = losses::allowed;
  payload content{};
};

struct Heard {
  hearing what{};
};
struct Hearings : zooid::contract<"hearings", Heard> {};

/// Ends a promise once all subscribers have reported.
class CollectedHearings {
 public:
  using contract = Hearings;
  CollectedHearings(std::size_t subscribers, std::promise<std::vector<hearing>>& all)
      : subscribers_(subscribers), all_(&all) {}

  void on(const Heard& heard) {
    hearings_.push_back(heard.what);
    if (hearings_.size() == subscribers_) all_->set_value(hearings_);
  }

 private:
  std::size_t subscribers_;
  std::promise<std::vector<hearing>>* all_;
  std::vector<hearing> hearings_;
};

struct Listen {
  using reply = void;  ///< Once the subscription is confirmed.
  std::string publisher{};
  zooid::ref<Hearings> report_to{};
};
struct Subscriber : zooid::contract<"subscriber", Listen> {};

/// Hears events of the type E, and reports at the first marker.
template <class E>
class EventListener {
 public:
  using contract = Subscriber;

  zooid::task<> on(const Listen& listen, zooid::context& in) {
    report_to_ = listen.report_to;
    const zooid::subscription made = in.subscribe<E>(this, zooid::from(listen.publisher));
    const zooid::result<void> confirmed = co_await made.confirmed();
    confirmed.value();
  }
  void on(const E& event) {
    if (listener_.take(event.content)) report_to_.tell(Heard{listener_.account()});
  }
  void on(const zooid::gap<E>& gap) { listener_.miss(gap.missed.value_or(0)); }

 private:
  zooid::ref<Hearings> report_to_;
  listener listener_;
};

/// Publishes for the time of the box, until every subscriber has reported.
template <class E>
event_load publish_to(std::size_t subscribers) {
  std::list<child_process> others;
  for (std::size_t i = 0; i < subscribers; ++i)
    others.emplace_back(std::vector<std::string>{"serve", "zooid-listener"});
  std::promise<std::vector<hearing>> all;
  std::future<std::vector<hearing>> reported = all.get_future();
  zooid::node node({.listen = "tcp://127.0.0.1:0"});
  const auto hearings = node.spawn<CollectedHearings>(subscribers, all);
  for (child_process& other : others) {
    const auto subscriber = node.find<Subscriber>(other.read_line(5s) + '/' + E::service);
    subscriber.template call<Listen>(node.endpoint(), hearings).get();
  }

  event_load load;
  const auto publish = [&](const payload& content) {
    auto told = node.publish(E{content});
    if (told) return;
    ++load.retried;
    told.get();
  };
  const time_box box;
  for (; box.open(load.published); ++load.published) publish(make_payload(load.published));
  std::uint64_t next = load.published;
  do publish(make_marker(next++));
  while (reported.wait_for(1ms) == std::future_status::timeout);
  load.seconds = box.seconds();
  load.hearings = reported.get();
  check_accounts(load, E::allowed);
  return load;
}

outcome zooid_events(std::size_t subscribers) {
  const event_load lossless = publish_to<Lossless>(subscribers);
  const event_load by_default = publish_to<Default>(subscribers);
  return {{{"lossless", lossless.rate(), lossless.lost(), lossless.retried},
           {"default", by_default.rate(), by_default.lost(), by_default.retried},
           {"default-lost", by_default.percent_lost(), by_default.lost(), by_default.retried}}};
}

}  // namespace

outcome zooid_events_1() { return zooid_events(1); }

outcome zooid_events_4() { return zooid_events(4); }

void serve_zooid_listener() {
  zooid::node node({.listen = "tcp://127.0.0.1:0"});
  node.spawn_as<EventListener<Lossless>>(Lossless::service);
  node.spawn_as<EventListener<Default>>(Default::service);
  std::cout << node.endpoint() << std::endl;
  wait_for_parent();
}

}  // namespace bench
