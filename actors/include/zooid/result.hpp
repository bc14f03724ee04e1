// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/error.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace zooid {

/// A value, or the error that came instead of it.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  result(T value) : value_(std::move(value)), ok_(true) {}
  template <class U>
    requires(std::convertible_to<U, T> && !std::same_as<std::remove_cvref_t<U>, T> &&
             !std::same_as<std::remove_cvref_t<U>, result> && !std::same_as<std::remove_cvref_t<U>, zooid::error>)
  result(U&& value) : value_(std::forward<U>(value)), ok_(true) {}
  result(zooid::error why) : error_(new zooid::error(std::move(why))), ok_(false) {}
  result(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : ok_(other.ok_) {
    if (ok_) {
      std::construct_at(&value_, std::move(other.value_));
    } else {
      error_ = std::exchange(other.error_, nullptr);
    }
  }
  result(const result& other) : ok_(other.ok_) {
    if (ok_) {
      std::construct_at(&value_, other.value_);
    } else {
      error_ = new zooid::error(*other.error_);
    }
  }
  result& operator=(result other) {
    std::destroy_at(this);
    return *std::construct_at(this, std::move(other));
  }
  ~result() {
    if (ok_) {
      std::destroy_at(&value_);
    } else {
      delete error_;
    }
  }

  [[nodiscard]] bool has_value() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }

  /// The value; throws call_error when there is none.
  T& value() & {
    require();
    return value_;
  }
  const T& value() const& {
    require();
    return value_;
  }
  T&& value() && {
    require();
    return std::move(value_);
  }

  /// The value; undefined when there is none.
  T& operator*() & noexcept { return value_; }
  const T& operator*() const& noexcept { return value_; }
  T&& operator*() && noexcept { return std::move(value_); }
  T* operator->() noexcept { return &value_; }
  const T* operator->() const noexcept { return &value_; }

  /// The error; undefined when there is a value.
  [[nodiscard]] const zooid::error& error() const noexcept { return *error_; }

 private:
  void require() const {
    if (!ok_) throw call_error(*error_);
  }

  union {
    T value_;
    zooid::error* error_;
  };
  bool ok_;
};

/// Done, or the error that came instead.
template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;

  result() = default;
  result(zooid::error why) : error_(std::make_shared<const zooid::error>(std::move(why))) {}

  [[nodiscard]] bool has_value() const noexcept { return error_ == nullptr; }
  explicit operator bool() const noexcept { return error_ == nullptr; }
  void value() const {
    if (error_ != nullptr) throw call_error(*error_);
  }
  [[nodiscard]] const zooid::error& error() const noexcept { return *error_; }

 private:
  std::shared_ptr<const zooid::error> error_;
};

}  // namespace zooid
