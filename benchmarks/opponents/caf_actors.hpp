// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "load_result.hpp"
#include "payload.hpp"
#include "time_box.hpp"

#include <caf/all.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <stdexcept>
#include <utility>

// Actors of CAF 0.17, as its manual writes them: dynamically typed and event-based.

namespace bench {

/// How CAF writes and reads a payload that travels. By itself it would take the array byte by byte.
template <std::size_t Size>
caf::error inspect(caf::serializer& to, basic_payload<Size>& message) {
  return caf::error::eval([&] { return to(message.sequence, message.producer); },
                          [&] { return to.apply_raw(message.bytes.size(), message.bytes.data()); });
}
template <std::size_t Size>
caf::error inspect(caf::deserializer& from, basic_payload<Size>& message) {
  return caf::error::eval([&] { return from(message.sequence, message.producer); },
                          [&] { return from.apply_raw(message.bytes.size(), message.bytes.data()); });
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& with, tally& received) {
  return with(caf::meta::type_name("tally"), received.count, received.sum);
}

using ask_atom = caf::atom_constant<caf::atom("ask")>;        ///< With a payload, which is answered.
using report_atom = caf::atom_constant<caf::atom("report")>;  ///< Answered with a tally of all that was received.
using run_atom = caf::atom_constant<caf::atom("run")>;

/// Counts what it gets, and answers a call with its content.
inline caf::behavior counting_sink(caf::stateful_actor<tally>* self) {
  return {[self](const payload& message) { self->state.add(message); },
          [self](const large_payload& message) { self->state.add(message); },
          [self](ask_atom, const payload& message) {
            self->state.add(message);
            return message;
          },
          [self](report_atom) { return self->state; }};
}

/// What `whom` answers; the harness bounds the time. Throws std::runtime_error when it is an error.
template <class Answer, class... Arguments>
Answer ask(caf::scoped_actor& self, const caf::actor& whom, const Arguments&... arguments) {
  Answer answer;
  self->request(whom, caf::infinite, arguments...)
      .receive([&](const Answer& received) { answer = received; },
               [&](const caf::error& why) { throw std::runtime_error(self->system().render(why)); });
  return answer;
}

/// Tells for the time of the box.
template <class Payload>
tally caf_produce_on_thread(const caf::actor& sink, std::uint64_t number, const time_box& box) {
  tally sent;
  for (std::uint64_t i = 0; box.open(i); ++i) {
    const auto message = make_payload<Payload>(i, number);
    sent.add(message);
    caf::anon_send(sink, message);
  }
  return sent;
}

/// The same as an actor, when it is told to run. It does not return to its worker meanwhile: by default a worker leaves
/// an actor only when its mailbox is empty, so telling itself to go on would not make a difference.
template <class Payload>
class caf_producer : public caf::event_based_actor {
 public:
  caf_producer(caf::actor_config& config, caf::actor sink, std::uint64_t number, const time_box* box,
               std::promise<tally>* ended)
      : event_based_actor(config), sink_(std::move(sink)), number_(number), box_(box), ended_(ended) {}

  caf::behavior make_behavior() override {
    return {[this](run_atom) { produce(); }};
  }

 private:
  void produce() {
    tally sent;
    for (std::uint64_t i = 0; box_->open(i); ++i) {
      const auto message = make_payload<Payload>(i, number_);
      sent.add(message);
      send(sink_, message);
    }
    ended_->set_value(sent);
    quit();  // the middleman keeps an actor that has sent to another process, and a system waits for its actors
  }

  caf::actor sink_;
  std::uint64_t number_;
  const time_box* box_;
  std::promise<tally>* ended_;
};

/// Keeps so many calls under way for the time of the box, which starts when it is told to run.
class caf_caller : public caf::event_based_actor {
 public:
  caf_caller(caf::actor_config& config, caf::actor sink, std::size_t calls, std::promise<load_result>* ended)
      : event_based_actor(config), sink_(std::move(sink)), window_(calls), ended_(ended) {}

  caf::behavior make_behavior() override {
    return {[this](run_atom) {
      box_ = time_box();
      for (std::size_t i = 0; i < window_; ++i) call();
    }};
  }

 private:
  void call() {
    const payload message = make_payload(done_.sent.count);
    done_.sent.add(message);
    request(sink_, caf::infinite, ask_atom::value, message)
        .then([this](const payload& answer) { answered(answer); }, [this](const caf::error& why) { fail(why); });
  }
  void answered(const payload& answer) {
    done_.answered.add(answer);
    if (open_ && box_.open(done_.sent.count)) return call();
    open_ = false;
    if (done_.answered.count < done_.sent.count) return;
    done_.rate = box_.rate(done_.answered.count);
    ended_->set_value(done_);
    quit();  // as a producer does
  }
  void fail(const caf::error& why) {
    ended_->set_exception(std::make_exception_ptr(std::runtime_error(system().render(why))));
    quit();
  }

  caf::actor sink_;
  std::size_t window_;
  std::promise<load_result>* ended_;
  time_box box_;
  load_result done_;
  bool open_ = true;
};

}  // namespace bench
