// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <utility>

namespace zooid {

/// Bytes that grow at the end and are never zeroed first. Moved, not copied.
class byte_buffer {
 public:
  byte_buffer() = default;
  explicit byte_buffer(std::size_t capacity) { reserve(capacity); }
  /// Takes over an allocation made by std::malloc.
  [[nodiscard]] static byte_buffer adopt(void* data, std::size_t capacity) noexcept {
    byte_buffer result;
    result.data_ = static_cast<std::byte*>(data);
    result.capacity_ = capacity;
    return result;
  }
  byte_buffer(byte_buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  byte_buffer& operator=(byte_buffer other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~byte_buffer() { std::free(data_); }

  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::span<const std::byte> view() const noexcept { return {data_, size_}; }

  void clear() noexcept { size_ = 0; }
  /// Forgets what stands behind `size`, which must not be larger than the present one.
  void truncate(std::size_t size) noexcept { size_ = size; }
  void reserve(std::size_t capacity) {
    if (capacity > capacity_) grow(capacity);
  }
  void append(const void* from, std::size_t count) {
    if (count > 0) std::memcpy(extend(count), from, count);
  }
  /// Room for `count` more bytes, counted as written; the caller fills it.
  std::byte* extend(std::size_t count) {
    if (capacity_ - size_ < count) grow(size_ + count);
    std::byte* room = data_ + size_;
    size_ += count;
    return room;
  }
  /// The allocation, made by std::malloc; the buffer is empty afterwards. For handing bytes to ZeroMQ uncopied.
  [[nodiscard]] std::byte* release() noexcept {
    size_ = capacity_ = 0;
    return std::exchange(data_, nullptr);
  }

 private:
  void grow(std::size_t needed) {
    std::size_t capacity = capacity_ < 64 ? 64 : capacity_ * 2;
    if (capacity < needed) capacity = needed;
    void* data = std::realloc(data_, capacity);
    if (data == nullptr) throw std::bad_alloc();
    data_ = static_cast<std::byte*>(data);
    capacity_ = capacity;
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace zooid
