// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace zooid {

/// Why something did not happen. The order is part of the wire format: append only.
enum class errc : std::uint8_t {
  timeout = 1,        ///< The deadline passed after the message was handed over: it may have run.
  unreachable,        ///< Never sent to the other node: it did not run.
  disconnected,       ///< The session was lost after sending: it may have run.
  overloaded,         ///< A bound was reached (mailbox, session, pending calls): it did not run.
  no_such_service,    ///< No service of that name on that node.
  no_such_actor,      ///< The actor behind the ref has stopped.
  no_such_message,    ///< The actor's contract does not list the message.
  incompatible,       ///< Both sides know the message, or the contract, differently.
  malformed,          ///< Bytes that do not decode.
  too_large,          ///< More bytes than the frame limit.
  failed,             ///< The handler threw: its actor has stopped. Or a served object threw: it lives on.
  cancelled,          ///< The caller gave up.
  call_cycle,         ///< The callee waits, directly or through others, for the caller.
  denied,             ///< Not allowed here.
  shutdown,           ///< The node is stopping.
  address_in_use,     ///< Another program, or this one, listens there already.
  name_taken,         ///< The node has a service of that name already.
  malformed_address,  ///< Not an address this library understands.
};
inline constexpr std::size_t errc_count = 19;  ///< One more than the largest code.

/// "no_such_service" and the like; "unknown" for a number that is no code.
[[nodiscard]] ZOOID_API std::string_view to_string(errc code) noexcept;

/// What went wrong: a code to branch on, and words for a person: who, what, where, at which stage, and what to do.
struct ZOOID_API error {
  errc code{};
  std::string detail;
  /// Who called whom when the error came from further down: the callee nearest to the caller first.
  std::vector<std::string> chain{};

  /// "no_such_service: call of Greet to …" and, where there is one, " (via a, b)".
  [[nodiscard]] std::string to_string() const;
};

/// What a blocking `.get()` throws, and what a handler may throw to answer its caller with an error of its own.
class ZOOID_API call_error : public std::exception {
 public:
  explicit call_error(error why);
  call_error(errc code, std::string detail) : call_error(error{code, std::move(detail), {}}) {}
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
  [[nodiscard]] errc code() const noexcept { return why_.code; }
  [[nodiscard]] const error& why() const noexcept { return why_; }

 private:
  error why_;
  std::string text_;
};

/// What failed while setting up, so that nothing can go on without it.
class ZOOID_API setup_error : public std::exception {
 public:
  setup_error(errc code, std::string detail);
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
  [[nodiscard]] errc code() const noexcept { return code_; }

 private:
  errc code_;
  std::string text_;
};

}  // namespace zooid
