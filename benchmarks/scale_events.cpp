// SPDX-License-Identifier: Apache-2.0
#include "event_load.hpp"
#include "payload.hpp"
#include "scale_curves.hpp"
#include "scale_peers.hpp"
#include "time_box.hpp"

#include <zooid/zooid.hpp>

#include <chrono>
#include <future>
#include <iostream>
#include <list>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

struct Numbered {
  static constexpr bool lossless = true;
  payload content{};
};

struct HeardAll {
  hearing what{};
};
struct Reports : zooid::contract<"reports", HeardAll> {};

/// Ends a promise once all subscribers have reported.
class CollectedReports {
 public:
  using contract = Reports;
  CollectedReports(std::size_t subscribers, std::promise<std::vector<hearing>>& all)
      : subscribers_(subscribers), all_(all) {}

  void on(const HeardAll& heard) {
    hearings_.push_back(heard.what);
    if (hearings_.size() == subscribers_) all_.set_value(hearings_);
  }

 private:
  std::size_t subscribers_;
  std::promise<std::vector<hearing>>& all_;
  std::vector<hearing> hearings_;
};

struct ListenTo {
  using reply = void;  ///< Once the subscription is confirmed.
  std::string publisher{};
  zooid::ref<Reports> report_to{};
};
struct NumberedListening : zooid::contract<"numbered-listening", ListenTo> {};

/// Reports at the first marker.
class NumberedListener {
 public:
  using contract = NumberedListening;

  zooid::task<> on(const ListenTo& publisher, zooid::context& in) {
    report_to_ = publisher.report_to;
    const zooid::subscription made = in.subscribe<Numbered>(this, zooid::from(publisher.publisher));
    const zooid::result<void> confirmed = co_await made.confirmed();
    confirmed.value();
  }
  void on(const Numbered& event) {
    if (listener_.take(event.content)) report_to_.tell(HeardAll{listener_.account()});
  }
  void on(const zooid::gap<Numbered>& gap) { listener_.miss(gap.missed.value_or(0)); }

 private:
  zooid::ref<Reports> report_to_;
  listener listener_;
};

std::string name_of(std::uint64_t service) { return "listener-" + std::to_string(service); }

enum class homes { one_node_a_process, one_node_each };

double publish_to(std::uint64_t subscribers, homes live_in) {
  scale_peers others;
  std::promise<std::vector<hearing>> all;
  std::future<std::vector<hearing>> reported = all.get_future();
  zooid::node node({.listen = "tcp://127.0.0.1:0"});
  const auto reports = node.spawn<CollectedReports>(subscribers, all);
  for (const unsigned share : spread(subscribers)) {
    const unsigned nodes = live_in == homes::one_node_each ? share : 1;
    for (const std::string& endpoint : others.start("listeners", nodes, share / nodes)) {
      for (unsigned i = 0; i < share / nodes; ++i) {
        const auto subscriber = node.find<NumberedListening>(endpoint + '/' + name_of(i));
        subscriber.call<ListenTo>(node.endpoint(), reports).get();
      }
    }
  }

  event_load load;
  const auto publish = [&](const payload& content) {
    auto told = node.publish(Numbered{content});
    if (!told) told.get();
  };
  const time_box box;
  for (; box.open(load.published); ++load.published) publish(make_payload(load.published));
  publish(make_marker(load.published));
  if (reported.wait_for(10s) != std::future_status::ready) {
    throw std::runtime_error("not every subscriber has heard the last event after 10 s");
  }
  load.seconds = box.seconds();
  load.hearings = reported.get();
  check_accounts(load, losses::none);
  return load.rate();
}

}  // namespace

double zooid_subscribers(std::uint64_t subscribers) { return publish_to(subscribers, homes::one_node_a_process); }

double zooid_subscriber_nodes(std::uint64_t subscribers) { return publish_to(subscribers, homes::one_node_each); }

void serve_scale_listeners(unsigned nodes, unsigned services) {
  std::list<zooid::node> all;
  for (unsigned i = 0; i < nodes; ++i) {
    zooid::node& made =
        all.emplace_back(zooid::node_options{.listen = "tcp://127.0.0.1:0", .workers = workers_of(nodes)});
    for (unsigned service = 0; service < services; ++service) made.spawn_as<NumberedListener>(name_of(service));
    std::cout << made.endpoint() << std::endl;
  }
  wait_for_parent();
}

}  // namespace bench
