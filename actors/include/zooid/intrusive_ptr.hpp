// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zooid/api.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace zooid {

/// A base whose instances count who holds them and delete themselves after the last. Any thread.
class ZOOID_API ref_counted {
 public:
  ref_counted() = default;
  ref_counted(const ref_counted&) = delete;
  ref_counted& operator=(const ref_counted&) = delete;

  void retain() const noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  void release() const noexcept {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) const_cast<ref_counted*>(this)->destroy();
  }
  /// A hint: exact only when nobody else can be copying or dropping a holder.
  [[nodiscard]] std::uint32_t holders() const noexcept { return count_.load(std::memory_order_acquire); }

 protected:
  virtual ~ref_counted() = default;
  virtual void destroy() noexcept;

 private:
  mutable std::atomic<std::uint32_t> count_{0};
};

/// Shared ownership of a ref_counted object, one pointer wide.
template <class T>
class intrusive_ptr {
 public:
  intrusive_ptr() = default;
  intrusive_ptr(std::nullptr_t) noexcept {}
  explicit intrusive_ptr(T* object) noexcept : object_(object) {
    if (object_ != nullptr) object_->retain();
  }
  intrusive_ptr(const intrusive_ptr& other) noexcept : intrusive_ptr(other.object_) {}
  intrusive_ptr(intrusive_ptr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <class U>
    requires(!std::same_as<U, T> && std::convertible_to<U*, T*>)
  intrusive_ptr(intrusive_ptr<U> other) noexcept : object_(other.detach()) {}
  ~intrusive_ptr() {
    if (object_ != nullptr) object_->release();
  }
  intrusive_ptr& operator=(intrusive_ptr other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  friend bool operator==(const intrusive_ptr& a, const intrusive_ptr& b) noexcept { return a.object_ == b.object_; }

  /// Gives the count away with the pointer; `adopt` takes it back.
  [[nodiscard]] T* detach() noexcept { return std::exchange(object_, nullptr); }
  [[nodiscard]] static intrusive_ptr adopt(T* counted) noexcept {
    intrusive_ptr result;
    result.object_ = counted;
    return result;
  }

 private:
  T* object_ = nullptr;
};

template <class T, class... Args>
[[nodiscard]] intrusive_ptr<T> make_intrusive(Args&&... args) {
  return intrusive_ptr<T>(new T(std::forward<Args>(args)...));
}

}  // namespace zooid
