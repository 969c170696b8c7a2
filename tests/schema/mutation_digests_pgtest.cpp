// The digests of catalog rows must tell whatever the definitions tell, for each attribute of each kind.
#include <gmock/gmock.h>

#include <prodclone/pg/driver.hpp>
#include <prodclone/schema/render.hpp>

#include "kitchen_sink.hpp"
#include "mutations.hpp"
#include "picture.hpp"
#include "seen.hpp"
#include "snapshot_part.hpp"

namespace prodclone::schema {
namespace {

using testing::ElementsAreArray;

// Of large objects there are no digests.
bool concerns_large_objects(const Mutation& mutation) {
  return mutation.ddl.find("lo_") != std::string::npos || mutation.ddl.find("LARGE OBJECT") != std::string::npos;
}

class DigestsOfMutations : public testing::Test {
 protected:
  static constexpr std::uint32_t users = 16384;

  void begin(const std::string& ddl) {
    driver_.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
    if (!ddl.empty()) driver_.run(sink_.script(ddl));
    driver_.run(reading_settings({}));
  }

  // No provider of labels can be had: straight into the catalog.
  void SetUp() override { sink_.run("INSERT INTO pg_seclabel VALUES ('spare'::regclass, 'pg_class'::regclass, 0, 'sample', 'secret')"); }

  KitchenSink sink_;
  pg::Driver driver_{sink_.session().conninfo()};
};

TEST_F(DigestsOfMutations, TellEachOne) {
  begin("");
  const auto before = take_picture(driver_, users);
  driver_.run("ROLLBACK");
  int whole = 0, apart_by_digest = 0;
  for (const auto& mutation : mutations()) {
    if (mutation.from_major > driver_.server_version() / 10000 || concerns_large_objects(mutation)) continue;
    SCOPED_TRACE(mutation.ddl);
    begin(mutation.ddl);
    const auto after = take_picture(driver_, users);
    if (!of_one_context(before, after)) {
      ++whole;
      driver_.run("ROLLBACK");
      continue;
    }
    ++apart_by_digest;
    const auto parts = apart(before, after, mutation.on_request);
    const auto part_after = take_part(driver_, &parts.b, {});
    driver_.run("ROLLBACK");
    begin("");
    const auto part_before = take_part(driver_, &parts.a, {});
    driver_.run("ROLLBACK");
    const auto differences =
        diff(part_before, part_after, {.owners = mutation.on_request, .privileges = mutation.on_request});
    EXPECT_THAT(renderings(differences), ElementsAreArray(sorted(mutation.expected))) << to_plain(differences);
  }
  EXPECT_GT(apart_by_digest, 10 * whole) << "what changes how anything may be printed should be rare";
}

}  // namespace
}  // namespace prodclone::schema
