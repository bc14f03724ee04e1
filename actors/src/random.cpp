// SPDX-License-Identifier: Apache-2.0
#include <zooid/random.hpp>

#include <atomic>
#include <mutex>
#include <random>

namespace zooid {
namespace {

class device_random final : public random_source {
 public:
  [[nodiscard]] std::uint64_t next() override {
    const std::lock_guard lock(mutex_);
    return (static_cast<std::uint64_t>(device_()) << 32) | device_();
  }

 private:
  std::mutex mutex_;
  std::random_device device_;  // Guarded by mutex_.
};

class split_mix final : public random_source {
 public:
  explicit split_mix(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t next() override {
    constexpr std::uint64_t step = 0x9E3779B97F4A7C15;
    std::uint64_t z = state_.fetch_add(step) + step;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

 private:
  std::atomic<std::uint64_t> state_;
};

}  // namespace

std::shared_ptr<random_source> system_random() { return std::make_shared<device_random>(); }
std::shared_ptr<random_source> seeded_random(std::uint64_t seed) { return std::make_shared<split_mix>(seed); }

}  // namespace zooid
