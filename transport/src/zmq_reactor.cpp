// SPDX-License-Identifier: Apache-2.0
#include "zmq_reactor.hpp"

#include "zmq_socket.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace zooid {

namespace {

constexpr duration for_ever = std::chrono::hours(24 * 365);

int checked(int descriptor, const char* what) {
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
  return descriptor;
}

int milliseconds_up(duration span) {
  if (span >= for_ever) return -1;
  const auto count = std::chrono::ceil<std::chrono::milliseconds>(span).count();
  return static_cast<int>(std::clamp<decltype(+count)>(count, 0, INT32_MAX));
}

}  // namespace

zmq_reactor::zmq_reactor()
    : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_up_(checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.ptr = nullptr;
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_up_, &wanted), "epoll_ctl");
}

zmq_reactor::~zmq_reactor() {
  ::close(wake_up_);
  ::close(epoll_);
}

bool zmq_reactor::watch(std::shared_ptr<zmq_socket> socket, int descriptor) {
  {
    std::lock_guard lock(mutex_);
    if (shut_) return false;
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.ptr = socket.get();
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted), "epoll_ctl");
    watched_.emplace(socket.get(), socket);
  }
  note(*socket);  // setting it up may have used up what its descriptor had to tell
  return true;
}

void zmq_reactor::unwatch(zmq_socket& socket, int descriptor) {
  std::lock_guard lock(mutex_);
  const auto found = watched_.find(&socket);
  if (found == watched_.end()) return;
  epoll_event ignored{};
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, &ignored);
  retired_.push_back(std::move(found->second));
  watched_.erase(found);
}

void zmq_reactor::note(zmq_socket& socket) {
  if (socket.noted_.exchange(true)) return;
  {
    std::lock_guard lock(mutex_);
    if (shut_) return;
    noted_.push_back(socket.shared_from_this());
    anything_noted_.store(true);
  }
  if (sleeping_.load()) interrupt();
}

void zmq_reactor::interrupt() {
  if (interrupted_.exchange(true)) return;
  // Either the sleeper-to-be sees `interrupted_`, or it is seen here.
  if (!sleeping_.load()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_up_, &one, sizeof one);
}

void zmq_reactor::wait(duration at_most) {
  std::array<epoll_event, 32> events{};
  sleeping_.store(true);
  const bool at_once = interrupted_.exchange(false) || anything_noted_.load();
  const int count = sleep(events, at_once ? duration::zero() : at_most);
  sleeping_.store(false);
  interrupted_.store(false);  // answered by returning after this round
  serve(std::span(events).first(static_cast<std::size_t>(std::max(count, 0))));
}

int zmq_reactor::sleep(std::span<epoll_event> events, duration at_most) const {
  const int room = static_cast<int>(events.size());
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
  if (at_most > duration::zero() && at_most < for_ever) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at_most);
    const timespec timeout{static_cast<time_t>(seconds.count()), static_cast<long>((at_most - seconds).count())};
    const int count = epoll_pwait2(epoll_, events.data(), room, &timeout, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
  }
#endif
  return epoll_wait(epoll_, events.data(), room, milliseconds_up(at_most));
}

void zmq_reactor::serve(std::span<const epoll_event> events) {
  if (events.empty() && !anything_noted_.load()) return;
  std::vector<std::shared_ptr<zmq_socket>> noted;
  std::vector<std::shared_ptr<zmq_socket>> retired;
  std::lock_guard dispatching(dispatching_);
  dispatcher_.store(std::this_thread::get_id());
  bool shut = false;
  {
    std::lock_guard lock(mutex_);
    anything_noted_.store(false);
    noted.swap(noted_);
    retired.swap(retired_);
    shut = shut_;  // Since these events were fetched: then the sockets that they name may be gone.
  }
  if (shut) noted.clear();
  for (const auto& socket : noted) {
    socket->noted_.store(false);
    socket->serve();
  }
  for (const epoll_event& event : events) {
    if (event.data.ptr != nullptr) {
      if (!shut) static_cast<zmq_socket*>(event.data.ptr)->serve();
    } else {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto got = ::read(wake_up_, &ignored, sizeof ignored);
    }
  }
  dispatcher_.store(std::thread::id{});
  std::lock_guard lock(mutex_);
  if (shut_) forget();
}

void zmq_reactor::shut() {
  std::vector<std::shared_ptr<zmq_socket>> sockets;
  {
    std::lock_guard lock(mutex_);
    shut_ = true;
    for (const auto& [address, socket] : watched_) sockets.push_back(socket);
  }
  for (const auto& socket : sockets) socket->shut();
  if (dispatcher_.load() == std::this_thread::get_id()) return;
  std::lock_guard nothing_is_running(dispatching_);
  std::lock_guard lock(mutex_);
  forget();
}

void zmq_reactor::forget() {
  noted_.clear();
  retired_.clear();
}

}  // namespace zooid
