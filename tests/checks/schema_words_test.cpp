#include "schema_words.hpp"

#include <gmock/gmock.h>

namespace prodclone::checks {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(SchemaWords, NamesAreCutAtUnderscoresAndCamels) {
  EXPECT_THAT(parts_of("idx_document_legal_entity_id"), ElementsAre("idx", "document", "legal", "entity", "id"));
  EXPECT_THAT(parts_of("legalEntityId"), ElementsAre("legal", "entity", "id"));
  EXPECT_THAT(parts_of("LEGAL-ENTITY"), ElementsAre("legal", "entity"));
}

TEST(SchemaWords, AnOldNameIsFoundAsAWholeRunOfParts) {
  const NameParts legal_entity{"legal", "entity"};
  EXPECT_THAT(borne_at(legal_entity, parts_of("document_legal_entity_id_fkey")), Optional(1u));
  EXPECT_THAT(borne_at(legal_entity, parts_of("legal_entities")), Optional(0u));
  EXPECT_EQ(borne_at(legal_entity, parts_of("legal_document_entity")), std::nullopt);
  EXPECT_EQ(borne_at(legal_entity, parts_of("illegal_entity")), std::nullopt);
  EXPECT_THAT(borne_at({"name"}, parts_of("renamed_names_list")), Optional(1u));
}

TEST(SchemaWords, TheSingularOfAPluralNameIsFound) {
  EXPECT_THAT(borne_at({"documents"}, parts_of("document_id")), Optional(0u));
}

TEST(SchemaWords, InsideAnotherNameItDoesNotCount) {
  EXPECT_EQ(borne_at({"name"}, parts_of("t_display_name_idx"), {{"display", "name"}}), std::nullopt);
  EXPECT_THAT(borne_at({"name"}, parts_of("t_display_name_name_idx"), {{"display", "name"}}), Optional(3u));
}

TEST(SchemaWords, TheNewNameTakesThePlaceOfTheOldOne) {
  const NameParts legal_entity{"legal", "entity"};
  EXPECT_EQ(with_new_name("idx_document_legal_entity_id", legal_entity, "tenant"), "idx_document_tenant_id");
  EXPECT_EQ(with_new_name("legal_entities", legal_entity, "tenant"), "tenants");
  EXPECT_EQ(with_new_name("nothing", legal_entity, "tenant"), "nothing");
}

TEST(SchemaWords, BodiesAreCutIntoWordsWithTheirPlace) {
  const auto words = words_of_body("BEGIN\n  -- the name\n  NEW.name := 'old name';\nEND");
  ASSERT_EQ(words.size(), 8u);
  EXPECT_TRUE(words[1].in_comment);
  EXPECT_EQ(words[4].text, "name");
  EXPECT_EQ(words[4].before, "NEW");
  EXPECT_EQ(words[4].line, 3u);
  EXPECT_TRUE(words[5].in_literal);
  EXPECT_FALSE(words[7].in_literal);
}

TEST(SchemaWords, LiteralsThatAreNamesOrEnumLabelsByTheirCastAreNotPlain) {
  EXPECT_THAT(
      plain_literals("x = 'it''s'::text AND y = 'a'::public.status AND z = nextval('public.s'::regclass) OR w = 'b'"),
      ElementsAre("it's", "b"));
}

}  // namespace
}  // namespace prodclone::checks
