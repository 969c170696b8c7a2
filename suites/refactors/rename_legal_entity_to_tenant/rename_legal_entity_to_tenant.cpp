// legal_entity becomes tenant: names change, rows do not.
#include <prodclone/testing.hpp>

using namespace prodclone::testing;
using std::chrono::milliseconds;
using testing::AllOf;

class RenameLegalEntityToTenant : public MigrationCase {  // a private copy, stopped right before the migration
  std::string_view migration() const override { return "20260424-rename-legal-entity-to-tenant"; }
};

PRODCLONE_OBLIGATIONS(RenameLegalEntityToTenant);

TEST_F(RenameLegalEntityToTenant, RenamesWhatPeopleKnowItBy) {
  EXPECT_THAT(up(), AllOf(Changes(renamed(table("legal_entity"), "tenant")),
                          Changes(renamed(column("document", "legal_entity_id"), "tenant_id")),
                          Changes(renamed(primary_key("legal_entity", "legal_entity_pkey"), "tenant_pkey")),
                          Changes(renamed(sequence("legal_entity_id_seq"), "tenant_id_seq")),
                          Changes(changed(type("subject_kind"), {"labels"}))));
}

TEST_F(RenameLegalEntityToTenant, ChangesNothingElse) {
  EXPECT_THAT(up(), ChangesExactlyAsListedIn(PRODCLONE_CASE_DIR "/changes.txt"));
}

TEST_F(RenameLegalEntityToTenant, KeepsEveryRowAsItWas) {
  EXPECT_THAT(up(), AllOf(KeepsEveryRowOf(table("tenant")), KeepsColumn(column("document", "tenant_id")), ChangesOnly()));
}

TEST_F(RenameLegalEntityToTenant, RewritesNothingAndLocksBriefly) {
  EXPECT_THAT(up(), AllOf(RewritesNothing(), ScansNothingUnderLock(), HoldsNoLockOver(milliseconds(500))));
}

TEST_F(RenameLegalEntityToTenant, IsUndoneByItsDownScript) {
  const auto forth = up();
  ASSERT_THAT(forth, Succeeds());
  EXPECT_THAT(back(), AllOf(ChangesExactly(), ChangesOnly()));
}
