// The difference of two texts, line by line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prodclone::schema {

enum class EditKind { keep, remove, insert };

struct Edit {
  EditKind kind = EditKind::keep;
  std::string line = {};
  friend bool operator==(const Edit&, const Edit&) = default;
};

// Lines that occur once on both sides are anchors; between them Myers' shortest edit script. A stretch that differs
// almost everywhere is given as removed and inserted whole: the result is always right, not always the shortest.
std::vector<Edit> diff_lines(std::string_view a, std::string_view b);

// As `diff -u` and git print it; empty when the texts are equal.
std::string unified_diff(std::string_view a, std::string_view b, std::string_view label_a, std::string_view label_b,
                         std::size_t context = 3);

}  // namespace prodclone::schema
