#include "node_tree.hpp"

#include <gtest/gtest.h>

#include <map>

namespace prodclone::schema {
namespace {

// Two databases in which the same things have other OIDs.
NodeTreeNames names_of(std::map<std::uint32_t, std::string> known, std::uint32_t enum_type) {
  NodeTreeNames names;
  names.of = [known = std::move(known)](std::uint32_t oid) -> std::optional<Digest> {
    const auto found = known.find(oid);
    if (found == known.end()) return std::nullopt;
    return Digesting().add(found->second).digest();
  };
  names.is_enum = [enum_type](std::uint32_t type) { return type == enum_type; };
  return names;
}

const NodeTreeNames& one() {
  static const auto names = names_of({{16400, "t"}, {16384, "state"}, {16388, "open"}, {16390, "closed"}}, 16384);
  return names;
}
const NodeTreeNames& other() {
  static const auto names = names_of({{20400, "t"}, {20384, "state"}, {20388, "open"}, {20390, "closed"}}, 20384);
  return names;
}

struct Canonical {
  Digest digest;
  bool comparable;
  friend bool operator==(const Canonical&, const Canonical&) = default;
};

std::string outline(std::string_view tree) {
  std::string text, outline;
  append_outline(tree, 16384, text, outline);
  return outline;
}

Canonical canonical(std::string_view tree, const NodeTreeNames& names) {
  Canonical result{};
  Digesting digest;
  result.comparable = add_outline(outline(tree), names, digest);
  result.digest = digest.digest();
  return result;
}

TEST(NodeTree, IsTheSameUnderOtherIdentities) {
  const auto a = canonical("{RTE :relid 16400 :relkind r} {VAR :vartype 16384 :vartypmod 786438}", one());
  EXPECT_TRUE(a.comparable);
  EXPECT_EQ(a, canonical("{RTE :relid 20400 :relkind r} {VAR :vartype 20384 :vartypmod 786438}", other()));
}

TEST(NodeTree, TellsOneThingFromAnother) {
  EXPECT_NE(canonical("{RTE :relid 16400}", one()), canonical("{RTE :relid 16384}", one()));
  EXPECT_NE(canonical("{VAR :vartypmod 786438}", one()), canonical("{VAR :vartypmod 786439}", one()));
  EXPECT_NE(canonical("{VAR :varattno 1}", one()), canonical("{VAR :varattno 2}", one()));
}

TEST(NodeTree, ForgetsWhereItStood) {
  EXPECT_EQ(canonical("{CONST :consttype 23 :location 35 :constvalue 4 [ 1 0 0 0 0 0 0 0 ]}", one()),
            canonical("{CONST :consttype 23 :location 17012 :constvalue 4 [ 1 0 0 0 0 0 0 0 ]}", one()));
}

TEST(NodeTree, ReadsTheLabelsOfEnums) {
  const auto open = canonical("{CONST :consttype 16384 :constvalue 4 [ 4 64 0 0 0 0 0 0 ]}", one());
  EXPECT_TRUE(open.comparable);
  // 20388 is 0x4FA4, and bytes are printed with their sign.
  EXPECT_EQ(open, canonical("{CONST :consttype 20384 :constvalue 4 [ -92 79 0 0 0 0 0 0 ]}", other()));
  EXPECT_NE(open, canonical("{CONST :consttype 20384 :constvalue 4 [ -90 79 0 0 0 0 0 0 ]}", other()));
}

TEST(NodeTree, ReadsTheNamesInRegclasses) {
  EXPECT_EQ(canonical("{CONST :consttype 2205 :constvalue 4 [ 16 64 0 0 0 0 0 0 ]}", one()),
            canonical("{CONST :consttype 2205 :constvalue 4 [ -80 79 0 0 0 0 0 0 ]}", other()));
}

TEST(NodeTree, IsNotComparedWhereItCannotBeRead) {
  EXPECT_FALSE(canonical("{RTE :relid 17000}", one()).comparable) << "an OID of nobody";
  EXPECT_FALSE(canonical("{CONST :consttype 16400 :constvalue 4 [ 4 64 0 0 0 0 0 0 ]}", one()).comparable)
      << "a value of a user's type that is no enum";
  EXPECT_FALSE(canonical("{CONST :consttype 2210 :constvalue 8 [ 1 0 0 0 0 0 0 0 ]}", one()).comparable) << "regclass[]";
}

TEST(NodeTree, LeavesNumbersAndNamesAlone) {
  for (const std::string tree : {"{RTE :selectedCols (b 16400 16384)}", "{X :mods (i 16400 -1)}",
                                 "{ALIAS :aliasname my\\ 16400 :colnames (\"id\" \"a\\ 16384\")}"})
    EXPECT_EQ(outline(tree).size(), outline("{X}").size()) << "refers to something: " << tree;
  EXPECT_NE(canonical("{X :mods (i 16400 -1)}", one()), canonical("{X :mods (i 16401 -1)}", one()));
}

TEST(NodeTree, KeepsNullsApartFromValues) {
  EXPECT_NE(canonical("{CONST :consttype 25 :constvalue <>}", one()),
            canonical("{CONST :consttype 25 :constvalue 4 [ 16 0 0 0 ]}", one()));
}

}  // namespace
}  // namespace prodclone::schema
