// SPDX-License-Identifier: Apache-2.0
#include <zooid/context.hpp>

#include "cell.hpp"
#include "turn.hpp"

#include <atomic>
#include <utility>

namespace zooid {
namespace detail {

/// A message waiting for its time. Whoever takes the envelope first, the alarm or `cancel`, decides.
class pending_timer final : public alarm {
 public:
  pending_timer(intrusive_ptr<cell> to, envelope& what) : cell_(std::move(to)), what_(&what) {}
  ~pending_timer() override { cancel(); }

  void ring() override {
    if (envelope* const what = what_.exchange(nullptr)) cell_->post_own(*what);
  }
  bool cancel() noexcept {
    envelope* const what = what_.exchange(nullptr);
    if (what == nullptr) return false;
    free_envelope(*what);
    return true;
  }

 private:
  intrusive_ptr<cell> cell_;
  std::atomic<envelope*> what_;
};

}  // namespace detail

timer::timer() noexcept = default;
timer::timer(intrusive_ptr<detail::pending_timer> what) noexcept : what_(std::move(what)) {}
timer::timer(const timer&) noexcept = default;
timer::timer(timer&&) noexcept = default;
timer& timer::operator=(timer other) noexcept {
  std::swap(what_, other.what_);
  return *this;
}
timer::~timer() = default;
bool timer::cancel() noexcept { return what_ && what_->cancel(); }

detail::cell& context::cell() const noexcept {
  return const_cast<detail::cell&>(static_cast<const detail::cell&>(*this));
}

intrusive_ptr<detail::target> context::self_target() const { return intrusive_ptr<detail::target>(&cell()); }

actor_id context::sender() const noexcept {
  const detail::envelope* const what = cell().active();
  return what != nullptr ? what->sender : actor_id{};
}

std::string context::name() const { return cell().describe(); }

intrusive_ptr<detail::target> context::spawn_target(const detail::actor_maker& maker, std::string_view name) {
  if (name.empty()) return cell().home()->spawn(maker, nullptr);
  return cell().home()->spawn_as(maker, name);
}

detail::core& context::home() const noexcept { return *cell().home(); }

void context::stop() noexcept { cell().end_actor(); }

bool context::cancelled() const noexcept {
  const detail::envelope* const what = cell().active();
  return what != nullptr && what->is_call && static_cast<const detail::call*>(what)->abandoned();
}

time_point context::deadline() const noexcept {
  const detail::envelope* const what = cell().active();
  return what != nullptr && what->is_call ? static_cast<const detail::call*>(what)->deadline : time_point::max();
}

time_point context::now() const noexcept { return detail::turn::current()->now(); }

timer context::after_untyped(duration delay, const detail::message_type& type, detail::handler run,
                             void (*construct)(void*, void*), void* message) {
  detail::envelope* const what = detail::make_envelope(detail::envelope::kind::own, type.size, type.align);
  what->type = &type;
  what->run = run;
  what->bytes = type.size;
  what->sender = cell().id();
  construct(what->message(), message);
  what->holds_message = true;
  auto waiting = make_intrusive<detail::pending_timer>(intrusive_ptr<detail::cell>(&cell()), *what);
  cell().home()->scheduler().at(later(now(), delay), waiting);
  return timer(std::move(waiting));
}

}  // namespace zooid
