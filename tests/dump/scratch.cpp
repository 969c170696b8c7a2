#include "scratch.hpp"

#include <zlib.h>

#include <fstream>

#include <prodclone/base/hash.hpp>

namespace prodclone::selftest {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder() : path_(fs::temp_directory_path() / ("prodclone-dump-test-" + random_hex(10))) {
  fs::create_directory(path_);
}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path write(const fs::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

std::string gzipped(std::string_view content) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string in(content), out(deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace prodclone::selftest
