// SPDX-License-Identifier: Apache-2.0
#include "orders_run.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace {

const std::string example = ZOOID_SOURCE_DIR "/examples/orders/";

std::vector<std::string> up_arguments(const orders_folder& folder, const std::vector<std::string>& settings) {
  std::vector<std::string> all{"up", example + "topology.toml", "--set", "data=" + folder.path()};
  for (const std::string& each : settings) all.insert(all.end(), {"--set", each});
  return all;
}

}  // namespace

orders_folder::orders_folder(std::uint64_t orders) : path_(scratch_ / "orders") {
  child_process maker(example + "make_orders.py", {path_, "--orders", std::to_string(orders)});
  if (maker.wait() != "exit code 0") throw std::runtime_error("make_orders.py: " + maker.errors());
}

orders_program orders_folder::check() const {
  child_process checker(example + "check_orders.py", {path_});
  orders_program done{checker.wait(), {}, {}};
  done.output = checker.output();
  done.errors = checker.errors();
  return done;
}

orders_run::orders_run(const orders_folder& folder, const std::vector<std::string>& settings)
    : up_("zooid", up_arguments(folder, settings)) {}

bool orders_run::read_line() {
  auto line = up_.read_line();
  if (!line) return false;
  const std::size_t bar = line->find(" | ");
  if (bar != std::string::npos) {
    const std::string who = line->substr(0, bar);
    const std::string text = line->substr(bar + 3);
    const std::size_t colon = text.find(": ");
    if (who == "gateway" && text.find(" orders settled") != std::string::npos) {
      settled_ = std::stoull(text);
    } else if (who == "zooid" && colon != std::string::npos) {
      const std::string service = text.substr(0, colon);
      const std::string news = text.substr(colon + 2);
      constexpr std::string_view started = "started, pid ";
      if (news.starts_with(started)) {
        running_[service] = std::stoi(news.substr(started.size()));
        ++starts_[service];
      }
      if (news.starts_with("ended")) running_.erase(service);
      if (news.starts_with("ended by signal 9")) ++deaths_[service];
    }
  }
  lines_.push_back(*std::move(line));
  return true;
}

bool orders_run::reach(std::uint64_t settled) {
  while (settled_ < settled) {
    if (!read_line()) return false;
  }
  return true;
}

bool orders_run::signal(const std::string& service, int number) {
  const auto found = running_.find(service);
  return found != running_.end() && ::kill(found->second, number) == 0;
}

bool orders_run::dies_and_comes_back(const std::string& service) {
  const bool stands_still = service != "gateway" && signal("gateway", SIGSTOP);
  const bool back = signal(service, SIGKILL) && comes_back(service);
  if (stands_still) signal("gateway", SIGCONT);
  return back;
}

bool orders_run::comes_back(const std::string& service) {
  for (const int before = starts_[service]; starts_[service] == before;) {
    if (!read_line()) return false;
  }
  return true;
}

std::string orders_run::wait() {
  while (read_line()) {
  }
  return up_.wait();
}

int orders_run::deaths(const std::string& service) const {
  const auto found = deaths_.find(service);
  return found == deaths_.end() ? 0 : found->second;
}

std::string orders_run::last_line(const std::string& service, const std::string& part) const {
  const std::string prefix = service + " | ";
  const auto found = std::find_if(lines_.rbegin(), lines_.rend(), [&](const std::string& line) {
    return line.starts_with(prefix) && line.find(part) != std::string::npos;
  });
  return found == lines_.rend() ? std::string() : found->substr(prefix.size());
}

std::string orders_run::transcript() const {
  std::string all;
  for (const std::string& line : lines_) all += line + '\n';
  return all + up_.errors();
}
