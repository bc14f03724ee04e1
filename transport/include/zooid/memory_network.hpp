// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/clock.hpp>
#include <zooid/link.hpp>
#include <zooid/random.hpp>

#include <memory>
#include <string>

namespace zooid {

class memory_wire;
class scheduler;

/// What several nodes of one process share in place of a real network, for tests and simulations. Any thread.
///
/// Links behave as those over ZeroMQ do: frames of a link keep their order; a dial goes on until somebody listens
/// there; the dialler is told when the other side is gone, the accepting side only finds out by sending. An inlet of
/// events connects whenever its outlet is there, and then subscribes to everything again, in the order of the bytes; an
/// event being sent may cut its connection too, which loses all that is under way there. There are no foreign programs,
/// hence every frame is taken for a node's, and events of several parts are heard by nobody. With a deterministic
/// scheduler and a seeded random source a run repeats itself.
class ZOOID_API memory_hub {
 public:
  /// `decisions` says how long a frame takes and which connection is cut.
  explicit memory_hub(std::shared_ptr<random_source> decisions = seeded_random(1));
  memory_hub(memory_hub&&) = delete;
  ~memory_hub();

  /// A network for one node. Its events run as turns of `runs_on`, whose clock times them; that is to end after the
  /// network is closed, and before this hub ends. `name`, or else the endpoint it listens at, is how the members below
  /// call it.
  [[nodiscard]] std::shared_ptr<network> attach(scheduler& runs_on, std::string name = {});

  /// Every event takes at least `shortest` and at most `longest` from now on, without overtaking on its link.
  void delay(duration shortest, duration longest);
  /// The chance, 0 to 1, that sending a frame or an event loses it together with its connection: an ordered link loses
  /// no other way.
  void cut(double probability);
  /// The chance, 0 to 1, that a lossy event is dropped for one subscriber, silently.
  void lose_events(double probability);
  /// What `a` and `b` send each other waits until `heal`; a connection between them neither begins nor is seen to end.
  void partition(const std::string& a, const std::string& b);
  void heal(const std::string& a, const std::string& b);
  /// Closes a node's network as a crash would: who dialled it is told, who was dialled by it is not. Its inlets and
  /// outlets are missed by who was connected to them.
  void crash(const std::string& node);

 private:
  const std::shared_ptr<memory_wire> wire_;
};

}  // namespace zooid
