#include <prodclone/schema/rename_proposals.hpp>

#include <gmock/gmock.h>

#include "objects.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Snapshot of(std::vector<Object> objects) {
  return {.server_version = 150000, .database = "d", .objects = std::move(objects)};
}

TEST(RenameProposals, ATableOfTheSameColumnsAndAColumnOfTheSameDefinition) {
  const auto before = a_table("legal_entity", 1), after = a_table("tenant", 9), both = a_table("t", 2);
  const auto a = of({a_column(before, "id", 1), a_column(before, "name", 2, "text"), before, both, a_column(both, "fax", 1, "text")});
  const auto b = of({a_column(after, "name", 1, "text"), a_column(after, "id", 2), after, both, a_column(both, "phone", 4, "text")});
  EXPECT_THAT(propose_renames(a, b), ElementsAre(ProposedRename{"column", "public.t.fax", "public.t.phone"},
                                                 ProposedRename{"table", "public.legal_entity", "public.tenant"}));
  EXPECT_THAT(propose_renames(a, a), IsEmpty());
}

TEST(RenameProposals, NothingWhereTwoFitOrNoneDoes) {
  const auto t = a_table("t", 1);
  const auto a = of({t, a_column(t, "x", 1, "text"), a_column(t, "n", 2)});
  EXPECT_THAT(propose_renames(a, of({t, a_column(t, "y", 1, "text"), a_column(t, "z", 2, "text"), a_column(t, "n", 3)})), IsEmpty());
  EXPECT_THAT(propose_renames(a, of({t, a_column(t, "y", 1, "varchar"), a_column(t, "n", 2)})), IsEmpty());
  EXPECT_THAT(propose_renames(of({t}), of({a_table("u", 1)})), IsEmpty()) << "two tables without columns are not the same";
}

TEST(RenameProposals, AreWrittenAsMoveAndRename) {
  EXPECT_THAT(statements_of({"table", "public.t", "archive.u"}), ElementsAre("ALTER TABLE public.t SET SCHEMA archive;", "ALTER TABLE archive.t RENAME TO u;"));
  EXPECT_THAT(statements_of({"column", "public.t.x", "public.t.\"Y\"\"\""}), ElementsAre("ALTER TABLE public.t RENAME COLUMN x TO \"Y\"\"\";"));
  EXPECT_THAT(statements_of({"schema", "a", "b"}), ElementsAre("ALTER SCHEMA a RENAME TO b;"));
}

}  // namespace
}  // namespace prodclone::schema
