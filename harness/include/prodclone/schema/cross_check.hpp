// Two witnesses of one comparison: the catalogs and pg_dump. They must agree as far as both can see.
#pragma once

#include <string>
#include <vector>

#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/pg_dump_text.hpp>

namespace prodclone::schema {

// clang-format off
// Who can see what. Anything that is not in this table both see.
// | what                                             | catalogs | pg_dump                                   |
// | kinds that kinds.hpp does not list (of a later pg_dump) | no | yes                                      |
// | default privileges, large objects                | asked    | no                                        |
// | whether a subscription is enabled                | yes      | no                                        |
// | options of a user mapping                        | their hashes | yes                                   |
// | connection of a subscription                     | no       | yes                                       |
// | extension version                                | yes      | no                                        |
// | table space, access method                       | yes      | only as SET lines between entries         |
// | owner, privileges                                | asked    | no (--no-owner --no-privileges)           |
// | physical column order                            | strict   | yes, as the same lines in another order   |
// | index that is not valid                          | yes      | leaves the index out                      |
// | a column that is inherited and also local        | yes      | not on a partition                        |
// | partition whose detaching was interrupted        | yes      | no                                        |
// | replica identity by index                        | table and index | at the index only                  |
// | schema public itself                             | yes      | only its comment                          |
// | redundant name of a NOT NULL (18 on)             | yes      | only when it is not the server's choice   |
// clang-format on
enum class Witness { pg_dump_only, catalogs_only };

struct Disagreement {
  Witness seen_by = Witness::pg_dump_only;
  bool expected = {};           // pg_dump compares a kind that we do not: a difference, but no fault of ours
  std::string object = {};      // "TABLE public.t"
  std::string difference = {};  // one line, as the witness tells it
  std::string a = {}, b = {};
  friend bool operator==(const Disagreement&, const Disagreement&) = default;
};

std::vector<Disagreement> cross_check(const Differences& catalogs, const std::vector<DumpDifference>& dumps);

}  // namespace prodclone::schema
