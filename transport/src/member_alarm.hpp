// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/intrusive_ptr.hpp>
#include <zooid/scheduler.hpp>

namespace zooid {

/// Calls a member function of an object at its time, and holds the object until then.
template <class T>
class member_alarm final : public alarm {
 public:
  member_alarm(T& of, void (T::*what)()) : of_(&of), what_(what) {}
  void ring() override { ((*of_).*what_)(); }

 private:
  const intrusive_ptr<T> of_;
  void (T::* const what_)();
};

}  // namespace zooid
