// SPDX-License-Identifier: Apache-2.0
#include <zooid/actors.hpp>

#include <memory>
#include <string>

template <int>
struct Ask {
  using reply = std::string;
};
struct Later;
struct Introduce {
  zooid::ref<Later> whom;
};
struct Nothing {
  using reply = void;
};
struct Own {
  std::unique_ptr<int> what;
};
struct Later : zooid::local_contract<Ask<1>, Ask<2>, Ask<3>, Ask<4>, Ask<5>, Introduce, Nothing, Own> {};

class EveryForm {
 public:
  using contract = Later;
  static constexpr zooid::mailbox_limits mailbox{.messages = 16, .bytes = 1 << 20};
  std::string on(Ask<1>) { return "x"; }
  const char* on(const Ask<2>&) const { return "x"; }
  zooid::result<std::string> on(Ask<3>&&, zooid::context&) { return std::string("x"); }

 private:
  friend zooid::access;
  void start(zooid::context&) {}
  zooid::task<std::string> on(Ask<4>) { co_return "x"; }
  zooid::task<zooid::result<std::string>> on(Ask<5>, zooid::context&) { co_return std::string("x"); }
  void on(const Introduce&, zooid::context&) {}
  zooid::result<void> on(Nothing) { return {}; }
  zooid::task<> on(Own) { co_return; }
};

int main() {
  zooid::actor_system system;
  system.spawn<EveryForm>();
}
