#include <prodclone/dump/load.hpp>

#include <gmock/gmock.h>

#include <fstream>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <support/selftest_server.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One source for all: it takes longer to fill than to dump.
class Load : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    role = "reader \"" + random_hex(6) + "\"; DROP";
    source = new ScratchDatabase;
    fill(source->conninfo(), role);
    content = content_of(source->conninfo());
  }
  static void TearDownTestSuite() {
    delete source;
    execute(server(), "DROP ROLE IF EXISTS " + pg::quote_identifier(role));
  }
  DumpFile dumped(const std::string& name, std::vector<std::string> arguments) const {
    return recognise(pg_dump(source->conninfo(), folder / name, std::move(arguments)));
  }
  void expect_whole(const pg::ConnInfo& database) const { EXPECT_EQ(content_of(database), content); }

  static inline std::string role;
  static inline ScratchDatabase* source = nullptr;
  static inline std::map<std::string, std::string> content;
  ScratchFolder folder;
  ScratchDatabase target;
};

TEST_F(Load, FillsADatabaseFromEachFormat) {
  const auto plain = pg_dump(source->conninfo(), folder / "plain.sql", {});
  const auto gz = write(folder / "plain.sql.gz", [&] {
    std::ifstream stream(plain);
    return gzipped(std::string(std::istreambuf_iterator<char>(stream), {}));
  }());
  for (const auto& dump : {dumped("custom", {"-Fc"}), dumped("directory", {"-Fd"}), dumped("tar", {"-Ft"}), recognise(plain), recognise(gz),
                           dumped("created", {"--create"}), dumped("inserts", {"--inserts", "--rows-per-insert=10"})}) {
    SCOPED_TRACE(dump.name());
    ScratchDatabase database;
    const auto report = load_dump(dump, database.conninfo());
    expect_whole(database.conninfo());
    EXPECT_GT(report.objects, 20U);
    EXPECT_EQ(value(database.conninfo(), "SELECT reltuples::bigint FROM pg_class WHERE relname = 'Sales Order'"), "2000");
  }
}

}  // namespace
}  // namespace prodclone::dump
