// Schemas of two servers of different majors: which pairs are compared, and how both are brought to one spelling.
#pragma once

#include <span>
#include <string_view>

#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

// Every pair of these is measured: tests/schema holds what real servers of each say about one schema.
std::span<const int> comparable_majors();

// What is told otherwise from this major on, and how it is compared with an earlier one. docs/schema-diff.md has the same.
struct MajorChange {
  int major = {};
  std::string_view what = {}, compared = {};
};
std::span<const MajorChange> major_changes();

// Throws Error(could_not_check) with both databases and majors when the majors differ and are not both measured.
// A version is 150018; 0, of a snapshot made by hand, is of any major.
void require_comparable(std::string_view database_a, int version_a, std::string_view database_b, int version_b);

bool of_one_major(const Snapshot& a, const Snapshot& b);

// Of snapshots of two measured majors: every definition as both would print it, and nothing that only one of them can
// tell. What still differs is different.
void bring_to_one_spelling(Snapshot& a, Snapshot& b);

}  // namespace prodclone::schema
