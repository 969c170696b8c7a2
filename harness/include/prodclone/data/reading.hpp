// How a table's content is read in one scan: from where, by which key, each column in which form. Two tables hold the
// same rows when equal readings give equal sums.
#pragma once

#include <string>
#include <vector>

#include <prodclone/data/catalog.hpp>

namespace prodclone::data {

// The common ground on which values are compared. Equal values of different types are equal here: an integer and a
// bigint, a label and its text, a date and its midnight in UTC. Nothing that a lossy cast loses is.
enum class Form { integer, numeric, floating, moment, uuid, jsonb, text, lower_text };

struct RenamedLabel {
  std::string now = {}, before = {};
  friend bool operator==(const RenamedLabel&, const RenamedLabel&) = default;
};

struct ReadColumn {
  std::string name = {};
  TypeClass type_class = TypeClass::other;
  Form form = Form::text;
  bool enum_array = false;
  std::vector<RenamedLabel> labels = {};   // of its enum: a value under a new label counts as the old one
  friend bool operator==(const ReadColumn&, const ReadColumn&) = default;
};

struct Reading {
  std::vector<std::string> relations = {};   // "ONLY public.t"; the rows of all of them together
  std::vector<ReadColumn> key = {};          // tells rows apart; without a key of the table's own, every column
  bool keyed = false;                        // a key of its own: each value is hashed together with its row's key
  std::vector<ReadColumn> columns = {};      // summed one by one, the key's own columns too
  friend bool operator==(const Reading&, const Reading&) = default;
};

Form natural_form(TypeClass type_class);
// On which two types meet; the natural one when they have it in common.
Form common_form(TypeClass before, TypeClass after);

// Every column of the table that can be compared, by its best key.
Reading natural_reading(const Relation& relation);
std::string from_relation(const Relation& relation);   // partitioned tables with, others without what inherits

// "ONLY public.t" alone, or the rows of several relations as one.
std::string hash_of(const ReadColumn& column, const std::string& value, const std::string& seed);
std::string key_hash(const Reading& reading, const std::string& alias);
// One scan over columns [begin, end): rows, keys, then for each column its number of values and their sum.
std::string sums_sql(const Reading& reading, std::size_t begin, std::size_t end);
// FROM … with `s.k`, the row's key as a hash, and the values of the columns asked for as s.v0, s.v1, …; s.ctid, s.tableoid.
std::string rows_from(const Reading& reading, std::size_t begin, std::size_t end);

}  // namespace prodclone::data
