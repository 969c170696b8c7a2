// gzip'd files, one or more members, read with zlib.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace prodclone::dump {

// Decompresses the whole file in blocks; `read` is how much of the compressed file has been taken. Throws
// Error(could_not_check) when the file is cut off or damaged.
void gunzip(const std::filesystem::path& file,
            const std::function<bool(std::string_view bytes, std::int64_t read)>& sink);  // false: enough

// The first bytes, at most `wanted`.
std::string gunzip_head(const std::filesystem::path& file, std::size_t wanted);

}  // namespace prodclone::dump
