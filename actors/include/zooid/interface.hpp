// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>
#include <zooid/context.hpp>
#include <zooid/method_call.hpp>

#include <memory>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace zooid {
/// A contract whose messages are calls of functions: what a client must know of an object that is served. An abstract
/// class lists those of its functions that can be called, also inherited ones:
///
///     struct Calculator {
///       virtual ~Calculator() = default;
///       virtual int add(int, int) = 0;
///       using contract = zooid::interface<"calculator", &Calculator::add>;
///     };
///
/// One of several overloads is named by a cast: `static_cast<int (Calculator::*)(int)>(&Calculator::negate)`.
template <fixed_string Name, auto... Methods>
struct interface : contract<Name, method_call<Methods>...> {
  static_assert(detail::all_differ({detail::method_name<Methods>()...}),
                "zooid: two functions of an interface have the same name, by which other nodes know them: rename one");
};

namespace detail {

template <class C>
inline constexpr bool is_interface = false;
template <fixed_string Name, auto... Methods>
inline constexpr bool is_interface<interface<Name, Methods...>> = true;

template <class C>
struct contract_named_by {
  using type = C;
};
template <class C>
  requires(is_interface<typename C::contract>)
struct contract_named_by<C> {
  using type = typename C::contract;
};

}  // namespace detail

/// Of a class with an `interface`: that; otherwise C itself.
template <class C>
using contract_of = typename detail::contract_named_by<C>::type;

/// How an object is served.
struct serve_options {
  /// How many of its functions may run at the same time, on as many of the node's workers. Above 1 the object must be
  /// thread-safe, and the calls of one caller need not run in their order.
  unsigned concurrency{1};
};

namespace detail {

/// The error for the caller of a function that threw what is being handled. Throws a call_error on.
[[nodiscard]] ZOOID_API error describe_thrown(std::string_view method, const context& in);

/// The actor that calls the functions of an object.
template <class Interface>
class servant {
 public:
  using contract = contract_of<Interface>;
  static_assert(is_interface<contract>,
                "zooid: what is served lists its functions: `using contract = zooid::interface<\"name\", &Class::f>;`");

  explicit servant(std::shared_ptr<Interface> object) : object_(std::move(object)) {
    if (!object_) throw std::invalid_argument("there is no object to serve");
  }

  template <auto Method>
  result<reply_of<method_call<Method>>> on(method_call<Method>&& what, context& in) {
    using traits = method_traits<decltype(Method)>;
    static_assert(std::is_base_of_v<typename traits::object, Interface>,
                  "zooid: an interface lists functions of its class or of a base class");
    try {
      if constexpr (std::is_void_v<typename traits::reply>) {
        traits::invoke(*object_, Method, what.arguments);
        return {};
      } else {
        return traits::invoke(*object_, Method, what.arguments);
      }
    } catch (...) {
      return describe_thrown(what.wire_name, in);
    }
  }

 private:
  std::shared_ptr<Interface> object_;  // Shared with others of its kind when it is served concurrently.
};

}  // namespace detail
}  // namespace zooid
