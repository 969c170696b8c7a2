#include "load_error.hpp"

#include <gmock/gmock.h>

namespace prodclone::dump {
namespace {

using testing::HasSubstr;

constexpr auto orphan = R"(pg_restore: connecting to database for restore
pg_restore: creating FK CONSTRAINT "public.b b_a_fkey"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3345; 2606 16400 FK CONSTRAINT b b_a_fkey owner
pg_restore: error: could not execute query: ERROR:  insert or update on table "b" violates foreign key constraint "b_a_fkey"
DETAIL:  Key (a)=(7) is not present in table "a".
Command was: ALTER TABLE ONLY public.b
    ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES public.a(id);

pg_restore: error: a worker process died unexpectedly
)";

TEST(RestoreFailure, ReadsObjectMessageAndStatement) {
  const auto failure = restore_failure(orphan);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->object, "FK CONSTRAINT b b_a_fkey owner");
  EXPECT_EQ(failure->message, "insert or update on table \"b\" violates foreign key constraint \"b_a_fkey\"");
  EXPECT_EQ(failure->detail, "Key (a)=(7) is not present in table \"a\".");
  EXPECT_THAT(failure->statement, HasSubstr("ADD CONSTRAINT b_a_fkey"));
}

TEST(RestoreFailure, IsNoneWithoutAnError) {
  EXPECT_EQ(restore_failure("pg_restore: creating TABLE \"public.error\"\npg_restore: finished item 3 TABLE DATA error:\n"), std::nullopt);
  EXPECT_EQ(restore_failure(""), std::nullopt);
}

TEST(LoadError, SaysWhatToDo) {
  const DumpFile dump{.server_version = "15.20", .pg_dump_version = "17.2"};
  const auto remedy = [&](std::string message) { return remedy_for({.message = std::move(message), .detail = "Key (a)=(7)."}, dump); };
  EXPECT_THAT(remedy(R"(extension "postgis" is not available)"), HasSubstr("postgresql-15-postgis-3"));
  EXPECT_THAT(remedy(R"(extension "aws_s3" is not available)"), HasSubstr("provider"));
  EXPECT_THAT(remedy(R"(could not open extension control file "/usr/share/postgresql/15/extension/hstore.control": No such file)"), HasSubstr("postgresql-contrib"));
  EXPECT_THAT(remedy(R"(permission denied to create extension "x")"), HasSubstr("superuser"));
  EXPECT_THAT(remedy(R"(unrecognized configuration parameter "transaction_timeout")"), HasSubstr("15.20"));
  EXPECT_THAT(remedy("unsupported version (1.16) in file header"), HasSubstr("17.2"));
  EXPECT_THAT(remedy(R"(insert or update on table "b" violates foreign key constraint "b_a_fkey")"),
              testing::AllOf(HasSubstr("rows of b that break b_a_fkey"), HasSubstr("Key (a)=(7)")));
  EXPECT_THAT(remedy("could not read from input file: end of file"), HasSubstr("cut off"));
  EXPECT_THAT(remedy(R"(character with byte sequence 0xe2 in encoding "UTF8" has no equivalent in encoding "LATIN1")"), HasSubstr("encoding"));
  EXPECT_THAT(remedy("could not extend file \"base/1/2\": No space left on device"), HasSubstr("disk"));
  EXPECT_EQ(remedy("division by zero"), "");
}

TEST(PackageOf, KnowsDebiansNames) {
  EXPECT_EQ(package_of("pgcrypto", 15), "postgresql-contrib");
  EXPECT_EQ(package_of("postgis_topology", 17), "postgresql-17-postgis-3");
  EXPECT_EQ(package_of("vector", 17), "postgresql-17-pgvector");
  EXPECT_EQ(package_of("plpython3u", 15), "postgresql-plpython3-15");
  EXPECT_EQ(package_of("rds_tools", 15), "");
}

}  // namespace
}  // namespace prodclone::dump
