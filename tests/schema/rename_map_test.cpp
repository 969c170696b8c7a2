#include "rename_map.hpp"

#include <gtest/gtest.h>

#include "objects.hpp"

namespace prodclone::schema {
namespace {

class RenameMapTest : public testing::Test {
 protected:
  RenameMapTest() {
    const auto before = a_table("legal_entity", 1), after = a_table("tenant", 1);
    map_.add(before, after);
    const auto document = a_table("document", 2);
    map_.add(a_column(document, "legal_entity_id", 1), a_column(document, "tenant_id", 1));
  }
  RenameMap map_;
};

TEST_F(RenameMapTest, TextThatOnlyMentionsTheNewNamesIsExplained) {
  EXPECT_TRUE(map_.explains("FOREIGN KEY (legal_entity_id) REFERENCES public.legal_entity(id)",
                            "FOREIGN KEY (tenant_id) REFERENCES public.tenant(id)", "public.document"));
  EXPECT_TRUE(
      map_.explains("SELECT legal_entity.id FROM public.legal_entity", "SELECT  tenant.id\n FROM public.tenant", ""));
}

TEST_F(RenameMapTest, AnyOtherChangeIsNot) {
  EXPECT_FALSE(map_.explains("(legal_entity_id) REFERENCES public.legal_entity(id)",
                             "(tenant_id) REFERENCES public.tenant(no)", "public.document"));
  EXPECT_FALSE(map_.explains("(legal_entity_id)", "(tenant_id, x)", "public.document"));
  EXPECT_FALSE(map_.explains("public.tenant", "public.legal_entity", ""));
}

TEST_F(RenameMapTest, AColumnIsOnlyExcusedWhereItsTableIsMeant) {
  EXPECT_FALSE(map_.explains("(legal_entity_id)", "(tenant_id)", "public.invoice"));
  EXPECT_TRUE(map_.explains("SELECT legal_entity_id FROM public.document", "SELECT tenant_id FROM public.document",
                            "public.v"));
}

TEST_F(RenameMapTest, AViewThatKeepsItsColumnNameSaysSo) {
  EXPECT_TRUE(map_.explains("SELECT document.legal_entity_id FROM public.document",
                            "SELECT document.tenant_id AS legal_entity_id FROM public.document", ""));
  EXPECT_FALSE(map_.explains("SELECT document.legal_entity_id FROM public.document",
                             "SELECT document.tenant_id AS other FROM public.document", ""));
}

TEST_F(RenameMapTest, ALiteralIsOnlyExcusedWhereACastMakesItAName) {
  EXPECT_TRUE(map_.explains("nextval('public.legal_entity'::regclass)", "nextval('public.tenant'::regclass)", ""));
  EXPECT_FALSE(map_.explains("'legal_entity'::text", "'tenant'::text", ""));
}

TEST_F(RenameMapTest, AMoveIsOnlyExcusedForWhatMoved) {
  auto moved = a_table("log", 3);
  const auto before = moved;
  moved.schema = "archive";
  map_.add(before, moved);
  EXPECT_TRUE(map_.explains("FROM public.log", "FROM archive.log", ""));
  EXPECT_FALSE(map_.explains("FROM public.document", "FROM archive.document", ""));
}

TEST_F(RenameMapTest, EnumLabelsAreExcusedForTheirType) {
  Object before{.kind = "type",
                .schema = "public",
                .name = "s",
                .attributes = {{"flavour", "enum", ""}, {"label_oids", "", "1,2"}, {"labels", "'a', 'b'", ""}}};
  auto after = before;
  after.attributes[2].value = "'a', 'c'";
  map_.add(before, after);
  EXPECT_TRUE(map_.explains("DEFAULT 'b'::public.s", "DEFAULT 'c'::public.s", ""));
  EXPECT_FALSE(map_.explains("DEFAULT 'a'::public.s", "DEFAULT 'c'::public.s", ""));
  EXPECT_FALSE(map_.explains("DEFAULT 'b'::public.other", "DEFAULT 'c'::public.other", ""));
}

}  // namespace
}  // namespace prodclone::schema
