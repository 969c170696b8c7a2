#include "gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include <prodclone/base/error.hpp>

namespace prodclone::dump {

namespace {
constexpr std::size_t block = 256 << 10;

[[noreturn]] void damaged(const std::filesystem::path& file, std::string_view how) {
  throw Error(Failure::could_not_check, fmt::format("{} is {}: it cannot be decompressed to its end.", file.string(), how),
              "Copy or take it again; `gzip -t` tells whether it is whole.");
}

struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};
}  // namespace

void gunzip(const std::filesystem::path& file, const std::function<bool(std::string_view, std::int64_t)>& sink) {
  std::ifstream input(file, std::ios::binary);
  if (!input) throw Error(Failure::could_not_check, fmt::format("Cannot read {}.", file.string()));
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw Error(Failure::could_not_check, "Cannot start zlib.");
  const std::unique_ptr<z_stream, EndInflate> end(&stream);
  std::vector<char> in(block), out(block);
  std::int64_t read = 0;
  bool member_ended = false, any = false;
  while (true) {
    if (stream.avail_in == 0) {
      input.read(in.data(), static_cast<std::streamsize>(in.size()));
      stream.avail_in = static_cast<uInt>(input.gcount());
      stream.next_in = reinterpret_cast<Bytef*>(in.data());
      read += input.gcount();
      if (stream.avail_in == 0) {
        if (input.bad() || !any || !member_ended) damaged(file, "cut off");
        return;
      }
    }
    if (member_ended) {
      // gzip files may be joined end to end, and padded with zeros (as tapes and some tools do).
      while (stream.avail_in > 0 && *stream.next_in == 0) {
        ++stream.next_in;
        --stream.avail_in;
      }
      if (stream.avail_in == 0) continue;
      if (inflateReset(&stream) != Z_OK) damaged(file, "damaged");
      member_ended = false;
    }
    any = true;
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) damaged(file, "damaged");
    member_ended = result == Z_STREAM_END;
    const auto produced = out.size() - stream.avail_out;
    if (produced > 0 && !sink({out.data(), produced}, read)) return;
  }
}

std::string gunzip_head(const std::filesystem::path& file, std::size_t wanted) {
  std::string head;
  gunzip(file, [&](std::string_view bytes, std::int64_t) {
    head += bytes.substr(0, wanted - head.size());
    return head.size() < wanted;
  });
  return head;
}

}  // namespace prodclone::dump
