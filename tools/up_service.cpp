// SPDX-License-Identifier: Apache-2.0
#include "up_service.hpp"

#include "failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr std::size_t a_read = 64 * 1024;  // Bytes: what a pipe holds, unless somebody made it larger,
constexpr std::size_t most_reads = 16;     // to 1 MiB at most.

std::string how_it_ended(int status) {
  return WIFSIGNALED(status) ? "ended by signal " + std::to_string(WTERMSIG(status))
                             : "ended, exit code " + std::to_string(WEXITSTATUS(status));
}

/// "100 ms", "5 s", "1 min".
std::string spoken(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count != 0 && count % 60'000 == 0) return std::to_string(count / 60'000) + " min";
  return count % 1'000 == 0 ? std::to_string(count / 1'000) + " s" : std::to_string(count) + " ms";
}

std::string_view spoken(up_service::state state) {
  constexpr std::array<std::string_view, 7> words{"waiting",  "starting", "ready", "restarting",
                                                  "stopping", "ended",    "failed"};
  return words[static_cast<std::size_t>(state)];
}

/// Does any other service need that one?
bool is_needed(const topology& whole, std::size_t number) {
  return std::any_of(whole.services.begin(), whole.services.end(), [&](const service_plan& each) {
    return std::find(each.needs.begin(), each.needs.end(), number) != each.needs.end();
  });
}

}  // namespace

up_service::up_service(const topology& whole, std::size_t number, connection_keys keys, poll_loop& loop,
                       up_screen& screen)
    : whole_(whole),
      plan_(whole.services[number]),
      number_(number),
      is_needed_(is_needed(whole, number)),
      keys_(std::move(keys)),
      loop_(loop),
      screen_(screen),
      policy_(plan_.restart),
      output_([this](std::string_view line) { screen_.add_output(number_, plan_.name, line); }),
      errors_([this](std::string_view line) {
        screen_.add_output(number_, plan_.name, line);
        last_words_ = line;
      }) {}

up_service::~up_service() {
  for (const int each : {output_.file, errors_.file}) loop_.forget(each);
  if (process_) loop_.forget(process_->process());
}

void up_service::say(const std::string& words) { screen_.say(plan_.name + ": " + words); }

void up_service::start(time_point now) {
  if (state_ == state::pausing) ++restarts_;
  began_ = now;
  last_words_.clear();
  try {
    process_.emplace(plan_);
  } catch (const failure& why) {
    const std::string words = std::string("cannot be started: ") + why.what();
    // What never ran has nothing to recover from.
    return has_run_ ? decide(words, false, now) : fail(words);
  }
  has_run_ = true;
  state_ = state::starting;
  say("started, pid " + std::to_string(process_->pid()));
  loop_.watch(process_->process(), POLLIN, [this] { on_end(steady::now()); });
  output_.file = process_->output();
  errors_.file = process_->errors();
  for (stream* each : {&output_, &errors_}) watch(*each);
  if (plan_.endpoint.empty()) return become_ready();
  deadline_ = now + whole_.ready;
  watch_.emplace(loop_, plan_.endpoint, keys_, screen_.has_table(), [this] { become_ready(); });
}

void up_service::become_ready() {
  state_ = state::ready;
  say("ready");
}

void up_service::watch(stream& from) {
  if (from.file < 0) return;
  if (reads_output_) {
    loop_.watch(from.file, POLLIN, [this, &from] { read_from(from); });
  } else {
    loop_.forget(from.file);
  }
}

void up_service::read_output(bool allowed) {
  if (reads_output_ == allowed) return;
  reads_output_ = allowed;
  for (stream* each : {&output_, &errors_}) watch(*each);
}

bool up_service::read_from(stream& from) {
  if (from.file < 0) return false;
  std::array<char, a_read> bytes;
  const ssize_t got = ::read(from.file, bytes.data(), bytes.size());
  if (got > 0) {
    from.lines.add({bytes.data(), static_cast<std::size_t>(got)});
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    finish(from);
  }
  return got > 0 || (got < 0 && errno == EINTR);
}

void up_service::finish(stream& from) {
  loop_.forget(from.file);
  from.file = -1;
  from.lines.finish();
}

up_service::time_point up_service::due() const {
  if (state_ == state::pausing) return resume_;
  if (!process_) return time_point::max();
  const bool has_deadline = state_ == state::starting || state_ == state::stopping;
  return std::min(has_deadline ? deadline_ : time_point::max(), watch_ ? watch_->due() : time_point::max());
}

void up_service::step(time_point now) {
  if (!process_) return;
  if (watch_) watch_->step(now);
  const bool is_hopeless = state_ == state::starting && watch_->is_hopeless();
  if (now < deadline_ && !is_hopeless) return;
  if (state_ == state::starting) {
    give_up_starting(now);
  } else if (state_ == state::stopping) {
    say("did not end within " + spoken(whole_.drain) + "; killed");
    kill();
  }
}

void up_service::give_up_starting(time_point now) {
  const std::string how = watch_->is_hopeless() ? "never ready" : "not ready within " + spoken(whole_.ready);
  failure_ = how + ": " + watch_->complaint();
  last_error_ = failure_;
  say("failed for good: " + failure_);
  stop(now);
}

void up_service::stop(time_point now) {
  if (!process_) {
    if (state_ == state::pausing || state_ == state::waiting) state_ = state::ended;
    return;
  }
  if (state_ == state::stopping) return;
  state_ = state::stopping;
  deadline_ = now + whole_.drain;
  watch_.reset();
  process_->signal(SIGTERM);
  process_->signal(SIGCONT);  // One that was stopped could not end.
}

void up_service::kill() {
  if (!process_) return stop({});
  state_ = state::stopping;
  deadline_ = time_point::max();
  watch_.reset();
  process_->signal(SIGKILL);
}

void up_service::on_end(time_point now) {
  if (!process_ || !process_->has_ended()) return;
  const int status = process_->reap();
  for (stream* each : {&output_, &errors_}) {
    // What still holds the other end has left the service's group: it is not waited for.
    for (std::size_t i = 0; i < most_reads && read_from(*each);) ++i;
    if (each->file >= 0) finish(*each);
  }
  loop_.forget(process_->process());
  process_.reset();
  watch_.reset();

  std::string how = how_it_ended(status);
  const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (state_ != state::stopping) return decide(how, well, now);
  const bool as_told = well || (WIFSIGNALED(status) && (WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGKILL));
  say(as_told ? "stopped" : "stopped: " + how);
  state_ = failure_.empty() ? state::ended : state::failed;
}

/// A run is over that nobody has ended.
void up_service::decide(const std::string& how, bool well, time_point now) {
  const bool is_until = whole_.until == number_;
  if (well && is_until) {
    say(how);
    state_ = state::ended;
    has_finished_ = true;
    return;
  }
  std::string words = how;
  if (well && state_ == state::starting && is_needed_) {
    well = false;
    words += " before it was ready";
  }
  if (!well) last_error_ = words + (last_words_.empty() ? "" : ": " + last_words_);
  const restart_policy::decision next = policy_.after(began_, now, well);
  if (next.what == restart_policy::verdict::again) {
    say(words + "; restarting in " + spoken(next.pause) + " (" + std::to_string(next.number) + " of " +
        std::to_string(plan_.restart.times) + ")");
    state_ = state::pausing;
    resume_ = now + next.pause;
  } else if (next.what == restart_policy::verdict::enough) {
    say(words);
    state_ = state::ended;
    has_finished_ = true;
  } else if (plan_.restart.when == restart_rule::policy::never) {
    fail(words);
  } else {
    const std::string count = plan_.restart.times == 1 ? "once" : std::to_string(plan_.restart.times) + " times";
    fail(words + "; restarted " + count + " within " + spoken(plan_.restart.within));
  }
}

void up_service::fail(const std::string& why) {
  failure_ = why;
  last_error_ = why;
  state_ = state::failed;
  say("failed for good: " + why);
}

live_row up_service::row(time_point at) const {
  live_row row;
  row.service = plan_.name;
  row.state = spoken(state_);
  const bool is_calm = state_ == state::ready || state_ == state::ended;
  row.how = state_ == state::failed ? live_row::mood::bad : is_calm ? live_row::mood::calm : live_row::mood::busy;
  row.restarts = restarts_;
  row.last_error = last_error_;
  if (!process_) return row;
  row.pid = process_->pid();
  row.uptime = std::chrono::floor<std::chrono::milliseconds>(at - began_);
  if (!watch_) return row;
  row.rate = watch_->rate();
  row.queued = watch_->queued();
  if (state_ == state::ready && !watch_->complaint().empty()) row.last_error = watch_->complaint();
  return row;
}
