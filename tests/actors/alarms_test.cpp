// SPDX-License-Identifier: Apache-2.0
#include "alarms.hpp"

#include "catch.hpp"

#include <chrono>
#include <memory>
#include <vector>

using namespace std::chrono_literals;
using zooid::time_point;

namespace {

class note final : public zooid::alarm {
 public:
  note(std::vector<int>& rung, int number) : rung_(rung), number_(number) {}
  void ring() override { rung_.push_back(number_); }

 private:
  std::vector<int>& rung_;
  const int number_;
};

}  // namespace

TEST_CASE("alarms ring when they are due, the earliest first, equal ones as they were added", "[alarms]") {
  std::vector<int> rung;
  zooid::detail::alarms alarms;
  const auto at = [&](zooid::duration when, int number) {
    return alarms.add(time_point(when), zooid::make_intrusive<note>(rung, number));
  };
  CHECK(at(5s, 1));
  CHECK_FALSE(at(7s, 2));
  CHECK_FALSE(at(5s, 3));
  CHECK(at(2s, 4));
  CHECK_FALSE(at(5s, 5));
  CHECK(alarms.next() == time_point(2s));
  CHECK(alarms.ring_due(time_point(1s)) == 0);
  CHECK(alarms.ring_due(time_point(5s)) == 4);
  CHECK(rung == std::vector<int>{4, 1, 3, 5});
  CHECK(alarms.next() == time_point(7s));
  CHECK(alarms.ring_due(time_point(7s)) == 1);
  CHECK(alarms.next() == time_point::max());
}

TEST_CASE("cleared alarms never ring", "[alarms]") {
  std::vector<int> rung;
  zooid::detail::alarms alarms;
  alarms.add(time_point(1s), zooid::make_intrusive<note>(rung, 1));
  alarms.clear();
  CHECK(alarms.next() == time_point::max());
  CHECK(alarms.ring_due(time_point(9s)) == 0);
  CHECK(rung.empty());
}

TEST_CASE("an alarm may add another while it rings", "[alarms]") {
  struct chained final : zooid::alarm {
    zooid::detail::alarms* alarms;
    std::vector<int>* rung;
    chained(zooid::detail::alarms& of, std::vector<int>& into) : alarms(&of), rung(&into) {}
    void ring() override { alarms->add(time_point(3s), zooid::make_intrusive<note>(*rung, 7)); }
  };
  std::vector<int> rung;
  zooid::detail::alarms alarms;
  alarms.add(time_point(1s), zooid::make_intrusive<chained>(alarms, rung));
  CHECK(alarms.ring_due(time_point(2s)) == 1);
  CHECK(alarms.next() == time_point(3s));
  CHECK(alarms.ring_due(time_point(3s)) == 1);
  CHECK(rung == std::vector<int>{7});
}
