// SPDX-License-Identifier: Apache-2.0
#include "zmq_keys.hpp"

#include "allow_list.hpp"

#include <zmq.hpp>

#include <array>
#include <utility>

namespace zooid {
namespace {

/// ZMQ_ZAP_ENFORCE_DOMAIN, which the header shows only to who builds drafts. Without it libzmq lets everybody in when
/// nobody answers its question, be it because the answerer has gone.
constexpr int enforce_domain = 93;
constexpr const char* domain = "zooid";

[[noreturn]] void lacks(const std::string& what) {
  throw setup_error(errc::denied, "node_options::keys are given, but this program's libzmq " + what +
                                      "; it needs one of 4.3 or later that was built with CURVE");
}

security checked(security from) {
  if (!from.own.empty() && !from.allowed.empty()) return from;
  throw setup_error(errc::denied, std::string("node_options::keys needs two files, and `") +
                                      (from.own.empty() ? "own" : "allowed") +
                                      "` is empty; zooid keys new makes a key, zooid keys allow an allow-list");
}

key_pair read_own(const std::string& file) {
  if (zmq_has("curve") != 1) lacks("knows no CURVE");
  key_pair own = read_key_file(file);
  std::array<char, 41> derived{};
  if (zmq_curve_public(derived.data(), own.secret_key.c_str()) != 0 || own.public_key != derived.data()) {
    throw setup_error(errc::malformed, file +
                                           ": the two halves do not belong together; a new key is made by: zooid "
                                           "keys new NAME");
  }
  return own;
}

}  // namespace

zmq_keys::zmq_keys(security from) : files_(checked(std::move(from))), own_(read_own(files_.own)) {
  static_cast<void>(allow_list::read(files_.allowed));  // What is wrong with it is said at once.
}

void zmq_keys::guard(zmq::socket_t& listening) const {
  listening.set(zmq::sockopt::curve_server, true);
  listening.set(zmq::sockopt::curve_secretkey, own_.secret_key);
  listening.set(zmq::sockopt::zap_domain, domain);
  const int on = 1;
  if (zmq_setsockopt(listening.handle(), enforce_domain, &on, sizeof on) != 0) {
    lacks("cannot refuse strangers for sure (ZMQ_ZAP_ENFORCE_DOMAIN: " + std::string(zmq_strerror(zmq_errno())) + ")");
  }
}

void zmq_keys::introduce(zmq::socket_t& dialling, const std::string& server_key) const {
  dialling.set(zmq::sockopt::curve_serverkey, server_key);
  dialling.set(zmq::sockopt::curve_publickey, own_.public_key);
  dialling.set(zmq::sockopt::curve_secretkey, own_.secret_key);
}

std::string zmq_keys::key_at(const std::string& endpoint) const {
  const allow_list list = allow_list::read(files_.allowed);
  if (const allow_list::entry* const found = list.find_endpoint(endpoint)) return found->key;
  const std::string address = endpoint.substr(endpoint.find("://") + 3);
  throw setup_error(errc::denied, "refusing to dial " + endpoint + ": " + files_.allowed +
                                      " does not say whose key is to be found there; add the line \"KEY NAME " +
                                      address + "\", with its public key (zooid keys allow)");
}

void zmq_keys::report(const std::string& whom) const noexcept {
  try {
    if (files_.on_refused) files_.on_refused(whom);
  } catch (...) {  // The verdict stands, and libzmq waits for it.
  }
}

zmq_keys::verdict zmq_keys::judge(std::string_view key, std::string_view from) const {
  const std::string who = "refused a connection" + (from.empty() ? std::string() : " from " + std::string(from)) + ": ";
  try {
    if (allow_list::read(files_.allowed).find_key(key) != nullptr) return verdict::allowed;
  } catch (const setup_error& unreadable) {
    report(who + unreadable.what());
    return verdict::unable;
  }
  report(who + "its key is not in " + files_.allowed + "; to allow it, add the line \"" + std::string(key) + " NAME\"");
  return verdict::refused;
}

error explain(zmq_refusal how, const std::string& endpoint, const zmq_keys* keys) {
  const std::string there = "what listens at " + endpoint + " ";
  switch (how) {
    case zmq_refusal::not_allowed:
      return {errc::denied,
              endpoint + " does not let this node in" +
                  (keys == nullptr ? std::string()
                                   : ": its allow-list lacks the line \"" + keys->public_key() +
                                         " NAME\", for the key of " + keys->files().own + " (zooid keys allow)"),
              {}};
    case zmq_refusal::unable:
      return {errc::denied,
              endpoint +
                  " lets nobody in at the moment: its allow-list cannot be read, or a line of it "
                  "is wrong; it says so to its security::on_refused",
              {}};
    case zmq_refusal::mismatch:
      return {errc::denied,
              keys == nullptr ? there + "wants keys, and this node has none: see node_options::keys"
                              : there +
                                    "speaks without keys, and a node with keys speaks to none without: see its "
                                    "node_options::keys",
              {}};
    case zmq_refusal::closed:
      return {errc::denied,
              there + "closes each connection before it is let in or lets in: " +
                  (keys == nullptr ? "most likely it wants keys, and this node has none: see node_options::keys"
                                   : "most likely it has another key than the one that " + keys->files().allowed +
                                         " says, or none") +
                  "; or it is no node, or only passes connections on to one that is down",
              {}};
    case zmq_refusal::forged:
      return {errc::denied,
              there + "did not prove that it has the key that the allow-list says; somebody may be in between",
              {}};
    case zmq_refusal::no_node:
      return {errc::incompatible,
              there +
                  "is no node: it speaks ZeroMQ otherwise; a node is dialled where it listens, not where its "
                  "events leave",
              {}};
  }
  return {};
}

}  // namespace zooid
