// A dump as SQL text, in the address space without being in memory: the file itself, or for any other format its
// content in a nameless temporary file, which is gone when we are, however we end.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include <prodclone/base/progress.hpp>
#include <prodclone/dump/dump_file.hpp>
#include <prodclone/pg/tools.hpp>

namespace prodclone::dump {

class SqlText {
 public:
  // Throws Error(could_not_check) when a gzip'd dump is cut off or damaged, or there is no room to unpack it.
  explicit SqlText(const DumpFile& dump, const pg::Tools& tools = {}, const ProgressSink& progress = {},
                   const std::filesystem::path& entries = {});  // of an archive: a list as pg_restore -L takes it; empty: all
  ~SqlText();
  SqlText(const SqlText&) = delete;
  SqlText& operator=(const SqlText&) = delete;

  std::string_view view() const { return {data_, size_}; }

 private:
  void map(int descriptor, const DumpFile& dump);

  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace prodclone::dump
