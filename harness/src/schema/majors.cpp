#include <prodclone/schema/majors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <prodclone/base/error.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/schema/kinds.hpp>

#include "spelling.hpp"

namespace prodclone::schema {

namespace {

constexpr std::array majors = {13, 14, 15, 16, 17, 18};

// clang-format off
constexpr std::array changes = {
    MajorChange{14, "`SUBSTRING(x FROM 1)`, `x AT TIME ZONE y`, `TRIM(…)`, `POSITION`, `OVERLAY`, `OVERLAPS`, `NORMALIZE`, `COLLATION FOR` are printed so, before as calls", "as calls"},
    MajorChange{14, "arguments of a procedure are marked `IN`", "without"},
    MajorChange{14, "a type of elements of a fixed length is given its `SUBSCRIPT` function", "without"},
    MajorChange{14, "the comment and `synchronous_commit` of a subscription can be read", "not at all with 13"},
    MajorChange{15, "the sequence of a column of an unlogged table is unlogged", "as its table"},
    MajorChange{15, "schema `public` is born with another owner and without CREATE for everybody", "as born, while it is"},
    MajorChange{16, "a view of one table prints its columns without the table's name", "without"},
    MajorChange{16, "`system_user`, `json_array`, … are keywords (17: `json_value`, `json`, …), names that are such words are quoted", "without quotes"},
    MajorChange{17, "a partition has the identity column of its table", "only where the partition has one of its own"},
    MajorChange{17, "ALL on a table has MAINTAIN in it", "ALL with ALL"},
    MajorChange{17, "a domain's NOT NULL has a name", "not at all with 16 and earlier"},
    MajorChange{14, "extensions of contrib are installed in newer versions, on other majors too", "each server's own version with the other's"},
    MajorChange{18, "a column's NOT NULL has a name", "not at all with 17 and earlier"},
};

// Versions of contrib that CREATE EXTENSION installs on 13 to 18, where they are not all the same.
struct Contrib {
  std::string_view name;
  std::array<std::string_view, majors.size()> version;
};
constexpr std::array contrib = {
    Contrib{"amcheck",            {"1.2", "1.3", "1.3", "1.3", "1.4", "1.5"}},
    Contrib{"btree_gist",         {"1.5", "1.6", "1.7", "1.7", "1.7", "1.8"}},
    Contrib{"citext",             {"1.6", "1.6", "1.6", "1.6", "1.6", "1.8"}},
    Contrib{"cube",               {"1.4", "1.5", "1.5", "1.5", "1.5", "1.5"}},
    Contrib{"earthdistance",      {"1.1", "1.1", "1.1", "1.2", "1.2", "1.2"}},
    Contrib{"fuzzystrmatch",      {"1.1", "1.1", "1.1", "1.2", "1.2", "1.2"}},
    Contrib{"hstore",             {"1.7", "1.8", "1.8", "1.8", "1.8", "1.8"}},
    Contrib{"intarray",           {"1.3", "1.5", "1.5", "1.5", "1.5", "1.5"}},
    Contrib{"isn",                {"1.2", "1.2", "1.2", "1.2", "1.2", "1.3"}},
    Contrib{"lo",                 {"1.1", "1.1", "1.1", "1.1", "1.1", "1.2"}},
    Contrib{"ltree",              {"1.2", "1.2", "1.2", "1.2", "1.3", "1.3"}},
    Contrib{"pageinspect",        {"1.8", "1.9", "1.11", "1.12", "1.12", "1.13"}},
    Contrib{"pg_buffercache",     {"1.3", "1.3", "1.3", "1.4", "1.5", "1.6"}},
    Contrib{"pg_freespacemap",    {"1.2", "1.2", "1.2", "1.2", "1.2", "1.3"}},
    Contrib{"pg_stat_statements", {"1.8", "1.9", "1.10", "1.10", "1.11", "1.12"}},
    Contrib{"pg_trgm",            {"1.5", "1.6", "1.6", "1.6", "1.6", "1.6"}},
    Contrib{"pg_walinspect",      {"", "", "1.0", "1.1", "1.1", "1.1"}},
    Contrib{"pgcrypto",           {"1.3", "1.3", "1.3", "1.3", "1.3", "1.4"}},
    Contrib{"postgres_fdw",       {"1.0", "1.1", "1.1", "1.1", "1.1", "1.2"}},
    Contrib{"seg",                {"1.3", "1.4", "1.4", "1.4", "1.4", "1.4"}},
    Contrib{"xml2",               {"1.1", "1.1", "1.1", "1.1", "1.1", "1.2"}},
};
// clang-format on

int major_of(int version) { return version / 10000; }

bool measured(int major) { return std::find(majors.begin(), majors.end(), major) != majors.end(); }

// Written by people or holding no expression: stored as it stands, on every major.
bool is_printed(const Object& object, std::string_view attribute) {
  return attribute != "body" && attribute != "text" && attribute != "comment" && attribute != "labels" && object.kind != "extension";
}

// One side's objects, made such that the other's major could have told the same.
class Side {
 public:
  Side(Snapshot& snapshot, int other) : objects_(snapshot.objects), own_(major_of(snapshot.server_version)), other_(other) {
    for (const auto& object : objects_)
      if (object.kind == "column") types_[object.name].emplace(attribute_value(object, "type"));
    for (const auto& object : objects_)
      if (object.kind == "table" || object.kind == "foreign_table") tables_.emplace(qualified_name(object), &object);
  }

  void rewrite() {
    for (auto& object : objects_) {
      for (auto& attribute : object.attributes) set(object, attribute, spelled(object, attribute));
      object.signature = between(16, 17) ? without_late_quotes(object.signature) : object.signature;
      if ((object.kind == "comment" || object.kind == "security_label") && between(16, 17)) object.parent = without_late_quotes(object.parent);
      if (kind_facts(object.kind).naming == Naming::in_words && between(16, 17)) object.name = without_late_quotes(object.name);
      if (object.kind == "column") column(object);
      if (object.kind == "domain" && own_ >= 17 && other_ < 17) drop(object, "not_null_name");
      if (object.kind == "sequence" && own_ >= 15 && other_ < 15) sequence(object);
      if (object.kind == "subscription" && own_ >= 14 && other_ < 14) drop(object, "comment"), drop(object, "synchronous_commit");
      if (object.kind == "type" && own_ >= 14 && other_ < 14) type(object);
      if (object.kind == "schema" && (own_ < 15) != (other_ < 15)) schema(object);
      if (own_ >= 17 && other_ < 17)
        for (auto& privilege : object.privileges) privilege = without_maintain(privilege);
    }
  }

 private:
  // Whether what came with one of these majors stands between the two.
  bool between(int first, int last) const { return std::min(own_, other_) < last && std::max(own_, other_) >= first; }

  std::string spelled(const Object& object, const Attribute& attribute) const {
    auto text = attribute.value;
    if (text.empty() || !is_printed(object, attribute.name)) return text;
    if (between(16, 17)) text = without_late_quotes(text);
    if (between(16, 16) && attribute.name == "query" && own_ < 16) text = without_only_table(text);
    if (!between(14, 14)) return text;
    if (own_ >= 14) text = with_words_as_calls(text);
    if (own_ >= 14 && object.kind == "procedure" && attribute.name == "arguments") text = without_in(text);
    return without_implied_casts(text, [&](const std::string& column, std::string_view type) { return implied(column, type); });
  }

  // Whether every column of this name is of a type that the server casts to this one by itself.
  bool implied(const std::string& column, std::string_view type) const {
    const auto found = types_.find(column);
    return found != types_.end() && std::all_of(found->second.begin(), found->second.end(), [&](const std::string& from) {
      if (type == from) return true;
      if (type == "integer") return from == "smallint";
      if (type == "text") return from.starts_with("character") || from == "name";
      if (type == "timestamp with time zone") return from == "date" || from.starts_with("timestamp");
      return type == "timestamp without time zone" && from == "date";
    });
  }

  static void set(Object& object, Attribute& attribute, std::string value) {
    if (value == attribute.value) return;
    object.definition = replaced(object.definition, attribute.value, value);
    attribute.value = std::move(value);
  }

  static Attribute* find(Object& object, std::string_view name) {
    const auto found = std::find_if(object.attributes.begin(), object.attributes.end(), [&](const auto& one) { return one.name == name; });
    return found == object.attributes.end() ? nullptr : &*found;
  }

  static void drop(Object& object, std::string_view name) {
    std::erase_if(object.attributes, [&](const auto& one) { return one.name == name; });
  }

  bool of_table_with(const std::string& table, std::string_view attribute) const {
    const auto found = tables_.find(table);
    return found != tables_.end() && !attribute_value(*found->second, attribute).empty();
  }

  void column(Object& object) const {
    if (own_ >= 18 && other_ < 18) drop(object, "not_null_name");
    if (own_ >= 17 && other_ < 17 && of_table_with(object.parent, "partition_of")) drop(object, "identity");
  }

  void sequence(Object& object) const {
    constexpr std::string_view identity = "identity of ";
    auto owner = attribute_value(object, "owned_by");
    if (owner.starts_with(identity)) owner.remove_prefix(identity.size());
    if (of_table_with(split_name(owner).owner, "persistence")) drop(object, "persistence");
  }

  static void type(Object& object) {
    constexpr std::string_view given = ",\n    SUBSCRIPT = raw_array_subscript_handler";
    auto* functions = find(object, "functions");
    if (functions != nullptr && functions->value.ends_with(given) && !attribute_value(object, "element").empty())
      set(object, *functions, functions->value.substr(0, functions->value.size() - given.size()));
  }

  void schema(Object& object) const {
    if (object.name != "public" || attribute(object, "as_born") == nullptr) return;
    const bool owned = own_ < 15 || object.owner == "pg_database_owner";
    const std::vector<std::string> born = {(own_ < 15 ? "=UC/" : "=U/") + object.owner, object.owner + "=UC/" + object.owner};
    auto privileges = object.privileges;
    std::sort(privileges.begin(), privileges.end());
    if (!owned || privileges != born) return;
    object.owner.clear();
    object.privileges.clear();
  }

  // "reader=arwdDxtm/owner", "reader=a*r*w*d*D*x*t*m*/owner"
  static std::string without_maintain(const std::string& privilege) {
    const auto from = privilege.rfind('='), to = privilege.rfind('/');
    if (from == std::string::npos || to == std::string::npos || to < from) return privilege;
    const auto letters = std::string_view(privilege).substr(from + 1, to - from - 1);
    constexpr std::string_view all = "arwdDxt";
    if (!std::all_of(all.begin(), all.end(), [&](char c) { return letters.find(c) != std::string_view::npos; })) return privilege;
    const auto maintain = letters.find('m');
    if (maintain == std::string_view::npos) return privilege;
    const bool grantable = maintain + 1 < letters.size() && letters[maintain + 1] == '*';
    auto result = privilege;
    return result.erase(from + 1 + maintain, grantable ? 2 : 1);
  }

  std::vector<Object>& objects_;
  int own_, other_;
  std::map<std::string, const Object*> tables_;
  std::map<std::string, std::set<std::string>> types_;  // of the columns of each name
};

// Each at the version that its server installs: one that was never updated still differs.
void set_installed_versions_equal(Snapshot& a, Snapshot& b) {
  const auto versions_of = [](Snapshot& snapshot) {
    std::map<std::string, Attribute*> versions;
    for (auto& object : snapshot.objects)
      for (auto& attribute : object.attributes)
        if (object.kind == "extension" && attribute.name == "version") versions.emplace(object.name, &attribute);
    return versions;
  };
  const auto of_a = versions_of(a), of_b = versions_of(b);
  const auto at = [](const Contrib& one, const Snapshot& snapshot) {
    return one.version[static_cast<std::size_t>(major_of(snapshot.server_version) - majors.front())];
  };
  for (const auto& one : contrib) {
    const auto in_a = of_a.find(std::string(one.name)), in_b = of_b.find(std::string(one.name));
    if (in_a == of_a.end() || in_b == of_b.end()) continue;
    if (in_a->second->value == at(one, a) && in_b->second->value == at(one, b)) in_b->second->value = in_a->second->value;
  }
}

}  // namespace

std::span<const int> comparable_majors() { return majors; }

std::span<const MajorChange> major_changes() { return changes; }

void require_comparable(std::string_view database_a, int version_a, std::string_view database_b, int version_b) {
  const int a = major_of(version_a), b = major_of(version_b);
  if (a == b || version_a == 0 || version_b == 0 || (measured(a) && measured(b))) return;
  throw Error(Failure::could_not_check,
              fmt::format("Database {} is on PostgreSQL {} and {} on {}: majors print the same definition differently, and what is between "
                          "these two is not measured. Measured are {} to {}.",
                          database_a, a, database_b, b, majors.front(), majors.back()),
              "Compare on the same major: give a dump of one side, it is loaded beside the other.");
}

bool of_one_major(const Snapshot& a, const Snapshot& b) {
  return a.server_version == 0 || b.server_version == 0 || major_of(a.server_version) == major_of(b.server_version);
}

void bring_to_one_spelling(Snapshot& a, Snapshot& b) {
  require_comparable(a.database, a.server_version, b.database, b.server_version);
  const int major_a = major_of(a.server_version), major_b = major_of(b.server_version);
  Side(a, major_b).rewrite();
  Side(b, major_a).rewrite();
  set_installed_versions_equal(a, b);
}

}  // namespace prodclone::schema
