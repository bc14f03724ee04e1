// SPDX-License-Identifier: Apache-2.0
#include "zmq_network.hpp"

#include "zmq_authenticator.hpp"
#include "zmq_events.hpp"
#include "zmq_keys.hpp"
#include "zmq_link.hpp"
#include "zmq_reactor.hpp"
#include "zmq_router.hpp"

#include <zooid/error.hpp>

#include <zmq.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

namespace zooid {

namespace {

/// Three for each dial: the DEALER and both ends of its monitor. libzmq keeps 12 bytes for each possible one.
constexpr int most_sockets = 16'383;

[[noreturn]] void refuse(const std::string& doing, const std::string& endpoint, const zmq::error_t& why) {
  const std::string text = "cannot " + doing + " " + endpoint + ": ";
  const std::string reason = why.what();
  switch (why.num()) {
    case EADDRINUSE:
      throw setup_error(errc::address_in_use,
                        text + "another program, or this one, listens there; choose another port, or port 0 for any");
    case EACCES:
    case EPERM:
      throw setup_error(errc::denied, text + reason + "; choose a port above 1023, or a folder you may write to");
    case EMFILE:
    case ENFILE:
      throw setup_error(errc::overloaded, text + reason + "; raise the limit of open files (ulimit -n)");
    case EADDRNOTAVAIL:
    case ENODEV:
      throw setup_error(errc::malformed_address, text + "this machine has no such address or network interface");
    default:
      throw setup_error(errc::malformed_address,
                        text + reason + "; write it like tcp://127.0.0.1:10000 or ipc:///tmp/name");
  }
}

/// libzmq binds ipc over whatever is there, taking the endpoint away from a program that still listens.
bool somebody_listens(std::string_view endpoint) {
  static constexpr std::string_view scheme = "ipc://";
  sockaddr_un address{};
  if (!endpoint.starts_with(scheme) || endpoint.size() - scheme.size() >= sizeof address.sun_path) return false;
  endpoint.remove_prefix(scheme.size());
  if (endpoint.empty() || endpoint == "*") return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, endpoint.data(), endpoint.size());
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + endpoint.size() + 1);
  if (endpoint.front() == '@') {  // libzmq's spelling of the abstract namespace
    address.sun_path[0] = '\0';
    --length;
  }
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe == -1) return false;
  const bool connected = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), length) == 0 || errno == EAGAIN;
  ::close(probe);
  return connected;
}

/// What one gets from a network that is closed.
class dead_link final : public link {
 public:
  explicit dead_link(std::string endpoint) : endpoint_(std::move(endpoint)) {}
  void send(byte_buffer) override {}
  void close() override {}
  [[nodiscard]] std::string peer() const override { return endpoint_; }

 private:
  const std::string endpoint_;
};

class dead_inlet final : public event_inlet {
 public:
  void subscribe(std::string) override {}
  void unsubscribe(std::string) override {}
  void close() override {}
};

}  // namespace

zmq_network::zmq_network(const zmq_options& options)
    : options_(options), reactor_(std::make_shared<zmq_reactor>()), context_(std::make_unique<zmq::context_t>(1)) {
  context_->set(zmq::ctxopt::max_sockets, most_sockets);
  if (options_.keys == nullptr) return;
  try {
    std::make_shared<zmq_authenticator>(reactor_, *context_, options_)->begin();  // the reactor holds it
  } catch (const zmq::error_t& why) {
    throw setup_error(errc::overloaded, std::string("cannot watch over who connects: ") + why.what());
  }
}

zmq_network::~zmq_network() { close(); }

std::string zmq_network::listen(const std::string& endpoint, std::shared_ptr<link_acceptor> acceptor) {
  std::lock_guard lock(mutex_);
  if (context_ == nullptr) throw setup_error(errc::shutdown, "cannot listen at " + endpoint + ": the node is stopped");
  if (router_ != nullptr) {
    throw setup_error(errc::address_in_use,
                      "cannot listen at " + endpoint + ": this node already listens at " + router_->endpoint());
  }
  try {
    if (somebody_listens(endpoint)) throw zmq::error_t(EADDRINUSE);
    auto router = std::make_shared<router_socket>(reactor_, *context_, options_, std::move(acceptor));
    auto bound = router->bind(endpoint);
    router_ = std::move(router);
    return bound;
  } catch (const zmq::error_t& why) {
    refuse("listen at", endpoint, why);
  } catch (const std::system_error& why) {
    throw setup_error(errc::overloaded, "cannot listen at " + endpoint + ": " + why.what());
  }
}

std::shared_ptr<link> zmq_network::dial(const std::string& endpoint, std::shared_ptr<link_listener> listener) {
  std::string key = options_.keys == nullptr ? std::string() : options_.keys->key_at(endpoint);
  std::lock_guard lock(mutex_);
  if (context_ == nullptr) return std::make_shared<dead_link>(endpoint);
  std::shared_ptr<dialled_link> result;
  try {
    result =
        std::make_shared<dialled_link>(reactor_, *context_, options_, endpoint, std::move(key), std::move(listener));
    result->connect(*context_, options_, "inproc://monitor-" + std::to_string(++monitors_));
    return result;
  } catch (const zmq::error_t& why) {
    if (result != nullptr) result->close();
    refuse("dial", endpoint, why);
  }
}

std::shared_ptr<event_outlet> zmq_network::open_outlet(const std::string& endpoint, event_flow flow,
                                                       std::shared_ptr<event_outlet_listener> listener) {
  std::lock_guard lock(mutex_);
  if (context_ == nullptr) throw setup_error(errc::shutdown, "cannot publish at " + endpoint + ": the node is stopped");
  try {
    if (somebody_listens(endpoint)) throw zmq::error_t(EADDRINUSE);
    auto outlet = std::make_shared<outlet_socket>(reactor_, *context_, options_, flow, std::move(listener));
    outlet->bind(endpoint);
    return outlet;
  } catch (const zmq::error_t& why) {
    refuse("publish at", endpoint, why);
  } catch (const std::system_error& why) {
    throw setup_error(errc::overloaded, "cannot publish at " + endpoint + ": " + why.what());
  }
}

std::shared_ptr<event_inlet> zmq_network::open_inlet(const std::string& endpoint, event_flow flow,
                                                     std::shared_ptr<event_inlet_listener> listener) {
  std::lock_guard lock(mutex_);
  if (context_ == nullptr) return std::make_shared<dead_inlet>();
  std::shared_ptr<inlet_socket> inlet;
  try {
    inlet = std::make_shared<inlet_socket>(reactor_, *context_, options_, flow, endpoint, std::move(listener));
    inlet->connect(*context_, options_, "inproc://monitor-" + std::to_string(++monitors_));
    return inlet;
  } catch (const zmq::error_t& why) {
    if (inlet != nullptr) inlet->close();
    refuse("subscribe at", endpoint, why);
  }
}

void zmq_network::close() {
  std::unique_ptr<zmq::context_t> context;
  std::shared_ptr<router_socket> router;
  {
    std::lock_guard lock(mutex_);
    context = std::move(context_);
    router = std::move(router_);
  }
  reactor_->shut();
  if (context == nullptr) return;
  context->shutdown();
  context->close();
}

void zmq_network::wait(duration at_most) { reactor_->wait(at_most); }

void zmq_network::interrupt() { reactor_->interrupt(); }

std::shared_ptr<zmq_network> make_zmq_network(const zmq_options& options) {
  return std::make_shared<zmq_network>(options);
}

}  // namespace zooid
