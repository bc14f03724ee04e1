// SPDX-License-Identifier: Apache-2.0
#include "up_run.hpp"

#include "failure.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using state = up_service::state;

constexpr auto between_drawings = 1s;
constexpr auto one_interruption = 100ms;  // Programs like timeout(1) send a signal to zooid, and then to its group.

/// Whoever started this may not want it to end by that signal: nohup(1) ignores SIGHUP.
bool is_ignored(int number) {
  struct sigaction now{};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

/// Signals become something to read. ZeroMQ's threads are made later and have all of them blocked anyway.
int open_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int each : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(each)) sigaddset(&wanted, each);
  }
  sigaddset(&wanted, SIGWINCH);
  ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  const int file = ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  return file;
}

}  // namespace

up_run::up_run(const topology& whole, const tool_keys& keys)
    : whole_(whole), screen_(loop_), signals_(open_signals()), needed_by_(whole.services.size()) {
  for (std::size_t i = 0; i < whole.services.size(); ++i) {
    const service_plan& plan = whole.services[i];
    services_.emplace_back(whole, i, plan.endpoint.empty() ? connection_keys{} : keys_of_several(keys, plan.endpoint),
                           loop_, screen_);
    for (const std::size_t need : plan.needs) needed_by_[need].push_back(i);
  }
  loop_.watch(signals_, POLLIN, [this] { read_signals(); });
}

up_run::~up_run() {
  loop_.forget(signals_);
  ::close(signals_);
}

void up_run::run() {
  began_ = steady::now();
  announce();
  for (;;) {
    settle();
    draw(steady::now());
    if (is_over()) break;
    for (up_service& each : services_) each.read_output(screen_.has_room());
    loop_.wait(next_due());
  }
  finish_output();
  report();
}

/// What one service does may let others start or stop at once.
void up_run::settle() {
  const auto states = [this] {
    std::vector<state> all;
    for (const up_service& each : services_) all.push_back(each.now());
    return all;
  };
  for (std::vector<state> before; before != states();) {
    before = states();
    look_for_the_end();
    if (draining_) stop_what_may();
    start_what_may(steady::now());
    for (up_service& each : services_) each.step(steady::now());
  }
  if (const std::vector<state> now = states(); now != drawn_) {
    drawn_ = now;
    next_drawing_ = {};
  }
}

void up_run::announce() {
  for (const service_plan& each : whole_.services) {
    if (!each.endpoint.empty()) screen_.say(each.name + ": will listen at " + each.endpoint);
  }
}

bool up_run::is_over() const {
  if (std::any_of(services_.begin(), services_.end(), [](const up_service& each) { return each.runs(); })) return false;
  const auto is_done = [](const up_service& each) { return each.now() == state::ended || each.now() == state::failed; };
  return std::all_of(services_.begin(), services_.end(), is_done);
}

void up_run::read_signals() {
  signalfd_siginfo got{};
  while (::read(signals_, &got, sizeof got) == ssize_t{sizeof got}) {
    if (got.ssi_signo == SIGWINCH) {
      next_drawing_ = {};
    } else if (!interrupted_) {
      interrupted_ = true;
      interrupted_at_ = steady::now();
      if (draining_) screen_.say("interrupted: once more kills all services");
      drain("interrupted: stopping all services; once more kills them");
    } else if (!was_killed_ && steady::now() - interrupted_at_ > one_interruption) {
      was_killed_ = true;
      for (up_service& each : services_) {
        if (each.runs()) killed_ += (killed_.empty() ? "" : ", ") + each.name();
        each.kill();
      }
    }
  }
}

void up_run::drain(const std::string& why) {
  if (draining_) return;
  draining_ = true;
  screen_.say(why);
}

void up_run::look_for_the_end() {
  for (const up_service& each : services_) {
    if (failed_ == nullptr && !each.failure_words().empty()) failed_ = &each;
  }
  if (draining_) return;
  if (failed_ != nullptr) return drain(failed_->name() + " has failed: stopping the others");
  if (whole_.until && services_[*whole_.until].has_finished()) {
    return drain(services_[*whole_.until].name() + " has finished: stopping the others");
  }
  if (screen_.is_broken()) drain("");
}

bool up_run::has_what_it_needs(std::size_t which) const {
  const std::vector<std::size_t>& needs = whole_.services[which].needs;
  return std::all_of(needs.begin(), needs.end(), [this](std::size_t need) { return services_[need].is_of_use(); });
}

/// While all are being stopped only those start that pause: others that still run need them.
void up_run::start_what_may(time_point now) {
  for (std::size_t i = 0; i < services_.size(); ++i) {
    up_service& each = services_[i];
    const bool may = each.now() == state::pausing ? each.due() <= now : each.now() == state::waiting && !draining_;
    if (may && has_what_it_needs(i)) each.start(now);
  }
}

/// Who is needed goes on until those who need it have ended. Who pauses has not.
void up_run::stop_what_may() {
  const auto goes_on = [this](std::size_t which) {
    return services_[which].runs() || services_[which].now() == state::pausing;
  };
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (std::none_of(needed_by_[i].begin(), needed_by_[i].end(), goes_on)) services_[i].stop(steady::now());
  }
}

void up_run::draw(time_point now) {
  if (screen_.has_table() && now >= next_drawing_) {
    next_drawing_ = now + between_drawings;
    std::vector<live_row> rows;
    std::size_t ready = 0;
    for (const up_service& each : services_) {
      rows.push_back(each.row(now));
      ready += each.now() == state::ready ? 1 : 0;
    }
    const std::string title = whole_.name + ": " + std::to_string(ready) + " of " + std::to_string(services_.size()) +
                              " ready, for " + short_time(std::chrono::floor<std::chrono::milliseconds>(now - began_)) +
                              (draining_ ? ", stopping" : "");
    screen_.show(render_table(title, rows, screen_.size(), screen_.has_colours()));
  }
  screen_.flush();
}

up_run::time_point up_run::next_due() const {
  time_point next = screen_.has_table() ? next_drawing_ : time_point::max();
  for (std::size_t i = 0; i < services_.size(); ++i) {
    // The pause may be over: then what it waits for is what it needs.
    if (services_[i].now() != state::pausing || has_what_it_needs(i)) next = std::min(next, services_[i].due());
  }
  return next;
}

/// Waits for who reads it, unless that becomes too long for who interrupts.
void up_run::finish_output() {
  while (!screen_.is_idle() && !was_killed_) {
    screen_.flush();
    if (!screen_.is_idle()) loop_.wait(time_point::max());
  }
}

void up_run::report() const {
  if (was_killed_) {
    throw failure(exit_code::refused, "interrupted twice: " + (killed_.empty() ? "the output was not read to its end"
                                                                               : "killed " + killed_));
  }
  if (failed_ != nullptr) {
    throw failure(exit_code::refused, "the service " + failed_->name() + " failed: " + failed_->failure_words());
  }
  if (screen_.is_broken()) throw failure(exit_code::broken, "the output could not be written");
}
