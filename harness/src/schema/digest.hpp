// A digest of 128 bits that costs as little as reading the bytes: for telling in one run, or with a cache of our own,
// whether two rows are equal. Not for adversaries, and not for records: those carry SHA-256.
#pragma once

#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace prodclone::schema {

struct Digest {
  std::uint64_t high = 0, low = 0;
  // Of a set: the order of its members does not matter, how often each occurs does.
  void include(const Digest& member) {
    high += member.high;
    low += member.low + (member.high >> 7);
  }
  auto operator<=>(const Digest&) const = default;
};

// Each field is added with its length.
class Digesting {
 public:
  Digesting& add(std::string_view bytes) {
    const char* at = bytes.data();
    std::size_t left = bytes.size();
    if (left >= 8) mix((std::uint64_t{0xFF} << 56U) | left);
    for (; left >= 8; left -= 8, at += 8) mix(word(at, 8));
    mix(word(at, left) | (static_cast<std::uint64_t>(left) << 56U));  // a short field is one step
    return *this;
  }
  Digesting& add(const Digest& digest) {
    mix(digest.high);
    mix(digest.low);
    return *this;
  }
  Digesting& add_number(std::uint64_t number) {
    mix(number);
    return *this;
  }
  Digest digest() const { return {folded(high_ ^ low_, 0x9e3779b97f4a7c15U), folded(low_ + 0x2545f4914f6cdd1dU, high_ | 1U)}; }

 private:
  static std::uint64_t word(const char* at, std::size_t bytes) {
    std::uint64_t value = 0;
    if (bytes > 0) std::memcpy(&value, at, bytes);
    return value;
  }
  // The two halves of the product, so that each bit of the factors reaches each of the result.
  static std::uint64_t folded(std::uint64_t x, std::uint64_t y) {
    __extension__ using Product = unsigned __int128;
    const auto product = static_cast<Product>(x) * y;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }
  void mix(std::uint64_t value) {
    high_ = folded(high_ ^ value, 0xe7037ed1a0b428dbU) + 0x8ebc6af09c88c6e3U;
    low_ = folded(low_ + (value ^ 0x589965cc75374cc3U), 0xa0761d6478bd642fU) ^ (low_ >> 32U);
  }

  std::uint64_t high_ = 0x1d8e4e27c47d124fU, low_ = 0xeb44accab455d165U;
};

}  // namespace prodclone::schema
