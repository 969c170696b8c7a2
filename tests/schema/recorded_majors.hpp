// One schema as real servers of every supported major say it (majors/<major>.json, written by ctest/majors.sh): the
// kitchen sink and spelled.sql, as far as that major knows them. Whoever made it is called "maker".
#pragma once

#include <set>
#include <span>
#include <string>

#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

std::span<const int> recorded_majors();
Snapshot recorded(int major);
void record(const Snapshot& snapshot);
// Objects by kind and name that only a part for `from_major` and later makes.
void record_later(int from_major, const std::set<std::string>& objects);

std::set<std::string> names_of(const Snapshot& snapshot);

// Without what the parts for majors after `level` make: they change nothing that was there.
Snapshot as_known_to(int level, Snapshot snapshot);

}  // namespace prodclone::schema
