// SHA-256 of texts and files, as lower-case hex.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace prodclone {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& add(std::string_view bytes);
  // Adds length and bytes, so that ("ab","c") and ("a","bc") differ.
  Sha256& add_field(std::string_view bytes);
  // Adds a file's content, read in blocks. Throws Error(could_not_check) when it cannot be read.
  Sha256& add_file(const std::filesystem::path& file);
  std::string hex();  // ends the computation

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256(std::string_view bytes);
// A file's hash; of a directory: over the sorted relative paths and contents of its files.
std::string sha256_of(const std::filesystem::path& file_or_directory);

// Random lower-case hex from the system, for names and passwords.
std::string random_hex(std::size_t digits);

}  // namespace prodclone
