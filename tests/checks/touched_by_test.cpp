#include <prodclone/checks/touched_by.hpp>

#include <gmock/gmock.h>

namespace prodclone::checks {
namespace {

using schema::Change;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<PendingStatement> statements = {
    {"1.up.sql:1", "ALTER TABLE legal_entity RENAME TO tenant"},
    {"1.up.sql:2", "ALTER TABLE document RENAME COLUMN legal_entity_id TO tenant_id"},
    {"1.up.sql:3", "CREATE INDEX document_tenant_idx ON document (tenant_id)"},
};

TEST(TouchedBy, NamesTheStatementThatNamesTheObject) {
  EXPECT_THAT(touched_by({.change = Change::removed, .kind = "index", .name = "public.document_tenant_idx"}, statements),
              ElementsAre("1.up.sql:3: CREATE INDEX document_tenant_idx ON document (tenant_id)"));
}

TEST(TouchedBy, LooksForTheOldNameToo) {
  EXPECT_THAT(touched_by({.change = Change::renamed, .kind = "table", .name = "public.tenants", .old_name = "public.legal_entity"}, statements),
              ElementsAre("1.up.sql:1: ALTER TABLE legal_entity RENAME TO tenant"));
}

TEST(TouchedBy, FallsBackOnTheTable) {
  EXPECT_THAT(touched_by({.kind = "primary_key", .name = "public.tenant.legal_entity_pkey"}, statements),
              ElementsAre("1.up.sql:1: ALTER TABLE legal_entity RENAME TO tenant"));
}

TEST(TouchedBy, TakesNoPartOfANameForTheName) {
  EXPECT_THAT(touched_by({.kind = "table", .name = "public.legal"}, statements), IsEmpty());
  EXPECT_THAT(touched_by({.kind = "function", .name = "public.entity(integer)"}, statements), IsEmpty());
}

TEST(TouchedBy, KnowsWhatACommentIsOn) {
  EXPECT_THAT(touched_by({.change = Change::added, .kind = "comment", .name = "column public.document.tenant_id"}, statements),
              ElementsAre("1.up.sql:2: ALTER TABLE document RENAME COLUMN legal_entity_id TO tenant_id",
                          "1.up.sql:3: CREATE INDEX document_tenant_idx ON document (tenant_id)"));
}

}  // namespace
}  // namespace prodclone::checks
