#include <prodclone/base/hash.hpp>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <prodclone/base/error.hpp>

namespace prodclone {

namespace {
std::string hex_of(const unsigned char* bytes, std::size_t count) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(count * 2);
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}
}  // namespace

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> handle{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  if (!context_->handle || EVP_DigestInit_ex(context_->handle.get(), EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL offers no SHA-256");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(context_->handle.get(), bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::add_field(std::string_view bytes) { return add(std::to_string(bytes.size()) + ":").add(bytes); }

Sha256& Sha256::add_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::vector<char> block(1 << 20);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    add({block.data(), static_cast<std::size_t>(stream.gcount())});
  }
  if (!stream.eof()) throw Error(Failure::could_not_check, "Cannot read " + file.string() + ".");
  return *this;
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_->handle.get(), digest.data(), &size);
  return hex_of(digest.data(), size);
}

std::string sha256(std::string_view bytes) { return Sha256().add(bytes).hex(); }

std::string sha256_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return Sha256().add_file(path).hex();
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(std::filesystem::relative(entry.path(), path));
  std::sort(files.begin(), files.end());
  Sha256 sum;
  for (const auto& file : files) {
    sum.add_field(file.generic_string()).add_field(std::to_string(std::filesystem::file_size(path / file)));
    sum.add_file(path / file);
  }
  return sum.hex();
}

std::string random_hex(std::size_t digits) {
  std::vector<unsigned char> bytes((digits + 1) / 2);
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("the system gives no random bytes");
  return hex_of(bytes.data(), bytes.size()).substr(0, digits);
}

}  // namespace prodclone
