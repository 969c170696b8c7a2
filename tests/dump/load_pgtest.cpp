#include <prodclone/dump/load.hpp>

#include <gmock/gmock.h>


#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <support/eventually.hpp>
#include <support/selftest_server.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::AllOf;
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
  DumpFile script(std::string_view sql) const { return recognise(write(folder / "script.sql", sql)); }
  // What loading throws; nothing must be thrown but an Error.
  std::string error_of(const DumpFile& dump, Failure expected, const LoadOptions& options = {}) const {
    try {
      load_dump(dump, target.conninfo(), options);
    } catch (const Error& error) {
      EXPECT_EQ(error.failure(), expected) << error.what();
      EXPECT_NE(error.remedy(), "") << error.what();
      EXPECT_THAT(error.what(), AllOf(HasSubstr(dump.name()), HasSubstr(target.conninfo().database)));
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }
  std::string error_text(const DumpFile& dump) const {
    try {
      load_dump(dump, target.conninfo());
    } catch (const Error& error) {
      return error.what_failed();
    }
    return "";
  }
  std::string tables() const { return value(target.conninfo(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); }

  static inline std::string role;
  static inline ScratchDatabase* source = nullptr;
  static inline std::map<std::string, std::string> content;
  ScratchFolder folder;
  ScratchDatabase target;
};

TEST_F(Load, FillsADatabaseFromEachFormat) {
  const auto plain = pg_dump(source->conninfo(), folder / "plain.sql", {});
  const auto gz = write(folder / "plain.sql.gz", gzipped(read_file(plain)));
  for (const auto& dump : {dumped("custom", {"-Fc"}), dumped("directory", {"-Fd"}), dumped("tar", {"-Ft"}), recognise(plain), recognise(gz),
                           dumped("created", {"--create"}), dumped("inserts", {"--inserts", "--rows-per-insert=10"})}) {
    SCOPED_TRACE(dump.name());
    const ScratchDatabase database;
    const auto report = load_dump(dump, database.conninfo());
    EXPECT_EQ(content_of(database.conninfo()), content);
    EXPECT_GT(report.objects, 20U);
    EXPECT_THAT(report.created_roles, IsEmpty());
    EXPECT_EQ(value(database.conninfo(), "SELECT reltuples::bigint FROM pg_class WHERE relname = 'Sales Order'"), "2000");
    EXPECT_EQ(value(database.conninfo(), "SELECT reltuples > 0 FROM pg_class WHERE relname = 'per_day'"), "t");
    // Not relallvisible: an autovacuum worker that looks at the table meanwhile keeps pages from being marked.
    EXPECT_TRUE(selftest::eventually([&] {
      return value(database.conninfo(), "SELECT count(*) FROM pg_stat_all_tables WHERE relname IN ('customer', 'per_day') AND last_vacuum IS NOT NULL") == "2";
    }));
    EXPECT_EQ(value(database.conninfo(), "SELECT count(*) FROM pg_class WHERE relname = 'customer' AND relacl IS NOT NULL"), "0");
  }
}

// As if the server were older than the tools: pg_restore writes SQL and the driver sends it.
TEST_F(Load, FillsADatabaseFromAnArchiveWithToolsTooNewForTheServer) {
  auto newer = tools();
  ++newer.major;
  for (const auto& dump : {dumped("custom", {"-Fc"}), dumped("directory", {"-Fd"}), dumped("tar", {"-Ft"})}) {
    SCOPED_TRACE(dump.name());
    const ScratchDatabase database;
    load_dump(dump, database.conninfo(), {.tools = newer});
    EXPECT_EQ(content_of(database.conninfo()), content);
  }
}

TEST_F(Load, WarnsOfADumpThatIsNewerThanTheServer) {
  const auto report = load_dump(script("-- Dumped from database version 99.1\nCREATE TABLE t (i int);\n"), target.conninfo());
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("PostgreSQL 99")));
}

TEST_F(Load, ReportsProgressThatOnlyGrows) {
  for (const auto& dump : {dumped("custom", {"-Fc"}), dumped("plain", {})}) {
    std::map<std::string, std::vector<ProgressReport>> phases;
    const ScratchDatabase database;
    load_dump(dump, database.conninfo(), {.progress = [&](const ProgressReport& report) { phases[report.phase].push_back(report); }});
    EXPECT_TRUE(phases.contains("analysing") && phases.contains("loading " + dump.name()));
    for (const auto& [phase, reports] : phases) {
      EXPECT_EQ(reports.back().done, reports.back().total) << phase;
      for (std::size_t i = 1; i < reports.size(); ++i) {
        EXPECT_GE(reports[i].done, reports[i - 1].done) << phase;
        EXPECT_EQ(reports[i].total, reports[0].total) << phase;
      }
    }
  }
}

TEST_F(Load, CreatesRolesThatAreMissing) {
  const auto missing = "missing_" + random_hex(8), named = "named_" + random_hex(8);
  const auto text = "CREATE TABLE t (i int); ALTER TABLE t OWNER TO " + named + "; CREATE POLICY p ON t TO " + missing + " USING (true);";
  const auto custom = [&] {
    ScratchDatabase other;
    load_dump(script(text), other.conninfo());
    const auto file = pg_dump(other.conninfo(), folder / "p.dump", {"-Fc"});
    return recognise(file);
  }();
  for (const auto& dump : {script(text), custom}) {
    execute(server(), "DROP ROLE IF EXISTS " + missing + ", " + named);
    const ScratchDatabase database;
    EXPECT_THAT(load_dump(dump, database.conninfo()).created_roles, Contains(missing));
    EXPECT_EQ(value(database.conninfo(), "SELECT roles FROM pg_policies"), "{" + missing + "}");
    EXPECT_EQ(value(server(), "SELECT rolcanlogin FROM pg_roles WHERE rolname = '" + missing + "'"), "f");
    execute(database.conninfo(), "DROP TABLE t");
  }
  execute(server(), "DROP ROLE IF EXISTS " + missing + ", " + named);
  EXPECT_THAT(error_of(custom, Failure::could_not_check, {.missing_roles = MissingRoles::refuse}),
              AllOf(HasSubstr(missing), HasSubstr("CREATE ROLE \"" + missing + "\" NOLOGIN;")));
  EXPECT_EQ(tables(), "0");
}

// An ordinary role over TCP: what a team's own server gives.
class LoadAsOrdinaryRole : public Load {
 protected:
  void SetUp() override {
    ordinary = ordinary_role();
    ordinary.database = "loaded_" + random_hex(8);
    pg::Session(ordinary.with_database("postgres")).execute("CREATE DATABASE " + ordinary.database);
  }
  void TearDown() override { pg::Session(ordinary.with_database("postgres")).execute("DROP DATABASE " + ordinary.database); }
  pg::ConnInfo ordinary;
};

TEST_F(LoadAsOrdinaryRole, FillsADatabaseFromEachFormat) {
  execute(source->conninfo(), "CREATE EXTENSION hstore");
  const auto expected = content_of(source->conninfo());
  for (const auto& dump : {dumped("custom", {"-Fc"}), dumped("plain", {})}) {
    SCOPED_TRACE(dump.name());
    load_dump(dump, ordinary);
    EXPECT_EQ(content_of(ordinary), expected);
    TearDown();
    SetUp();
  }
  execute(source->conninfo(), "DROP EXTENSION hstore");
}

// As pg_dump writes with -n public and --clean: a schema that is there, drops of what is not, a comment that is not ours.
TEST_F(LoadAsOrdinaryRole, AcceptsWhatAnEmptyDatabaseRefusesInVain) {
  const ScratchDatabase simple;
  execute(simple.conninfo(), "CREATE TABLE a (id int PRIMARY KEY DEFAULT 1); CREATE TABLE b (a int REFERENCES a); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  const auto expected = content_of(simple.conninfo());
  int number = 0;
  for (const auto& arguments : {std::vector<std::string>{"-Fp", "--clean"}, {"-Fp", "-n", "public"}, {"-Fc", "-n", "public"}, {"-Fc", "--clean"}}) {
    SCOPED_TRACE(arguments[0] + arguments[1]);
    const auto file = pg_dump(simple.conninfo(), folder / ("d" + std::to_string(++number)), arguments);
    load_dump(recognise(file), ordinary);
    EXPECT_EQ(content_of(ordinary), expected);
    TearDown();
    SetUp();
  }
  EXPECT_THAT(load_dump(script("COMMENT ON EXTENSION plpgsql IS 'x';\nCREATE TABLE t (i int);\n"), ordinary).warnings, ElementsAre(HasSubstr("plpgsql")));
}

TEST_F(LoadAsOrdinaryRole, NamesTheRolesThatAnAdministratorMustMake) {
  const auto missing = "missing_" + random_hex(8), named = "named_" + random_hex(8);
  try {
    load_dump(script("CREATE TABLE t (i int); ALTER TABLE t OWNER TO " + named + "; CREATE POLICY p ON t TO " + missing + " USING (true);"), ordinary);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what_failed(), AllOf(HasSubstr(missing), HasSubstr("may not create roles"), testing::Not(HasSubstr(named))));
    EXPECT_THAT(error.remedy(), HasSubstr("CREATE ROLE \"" + missing + "\" NOLOGIN;"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr(ordinary.password.reveal())));
  }
  const auto report = load_dump(script("CREATE TABLE t (i int); ALTER TABLE t OWNER TO " + named + ";"), ordinary);
  EXPECT_THAT(report.warnings, Contains(HasSubstr(named)));
}

TEST_F(LoadAsOrdinaryRole, NamesTheExtensionThatOnlyASuperuserMayCreate) {
  try {
    load_dump(script("CREATE EXTENSION file_fdw;"), ordinary);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what_failed(), AllOf(HasSubstr("script.sql:1"), HasSubstr("file_fdw")));
    EXPECT_THAT(error.remedy(), HasSubstr("superuser"));
  }
}

TEST_F(Load, RefusesATargetThatIsNotItsOwn) {
  execute(target.conninfo(), "CREATE TABLE precious (i int)");
  EXPECT_THAT(error_of(script("SELECT 1;"), Failure::refused), HasSubstr("precious"));
  EXPECT_THROW(load_dump(script("CREATE TABLE t (i int);"), server()), Error);
  EXPECT_EQ(value(server(), "SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "0");
}

TEST_F(Load, RunsNothingOfAScriptThatWouldLeave) {
  const auto marker = (folder / "marker").string();
  for (const auto& sql : {"CREATE TABLE t (i int);\n\\! touch " + marker + "\n", "CREATE TABLE t (i text);\nCOPY t FROM PROGRAM 'touch " + marker + "';\n",
                          "CREATE TABLE t (i int);\n\\o " + marker + "\nSELECT 1;\n", "CREATE TABLE t (i int);\nCOPY t TO '" + marker + "';\n"}) {
    EXPECT_THAT(error_of(script(sql), Failure::refused), HasSubstr("script.sql:"));
    EXPECT_EQ(tables(), "0");
    EXPECT_FALSE(std::filesystem::exists(marker));
  }
}

TEST_F(Load, KeepsAWanderingScriptInItsTarget) {
  const ScratchDatabase other;
  const auto& name = other.conninfo().database;
  const auto report = load_dump(script("DROP DATABASE IF EXISTS " + name + ";\nCREATE DATABASE " + name + ";\n\\connect " + name + "\nCREATE TABLE t (i int);\n"), target.conninfo());
  EXPECT_EQ(tables(), "1");
  EXPECT_EQ(value(other.conninfo(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
  EXPECT_THAT(report.warnings, AllOf(Contains(HasSubstr("DROP DATABASE " + name)), Contains(HasSubstr("CREATE DATABASE " + name))));
}

TEST_F(Load, TakesTheOnlyDatabaseOfAClusterDump) {
  const auto cluster = std::string("--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE \"x y\" PASSWORD 'secret';\n\\connect template1\nCREATE TABLE wrong (i int);\n") +
                       "\\connect shop\nCREATE TABLE t (i int);\nCOPY t FROM stdin;\n7\n\\.\n%s--\n-- PostgreSQL database cluster dump complete\n--\n";
  const auto with = [&](const std::string& more) { return script(std::string(cluster).replace(cluster.find("%s"), 2, more)); };
  EXPECT_THAT(error_of(with("\\connect other\nCREATE TABLE u (i int);\n"), Failure::refused), AllOf(HasSubstr("shop"), HasSubstr("other")));
  load_dump(with(""), target.conninfo());
  EXPECT_EQ(value(target.conninfo(), "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'"), "t");
  EXPECT_EQ(value(target.conninfo(), "SELECT i FROM t"), "7");
  execute(server(), "DROP ROLE \"x y\"");
}

TEST_F(Load, SaysWhenADumpIsCutOff) {
  const auto custom = dumped("whole.dump", {"-Fc"}), plain = dumped("whole.sql", {"--inserts"});
  const auto bytes = read_file(custom.path);
  EXPECT_THAT(error_of(recognise(write(folder / "toc.dump", bytes.substr(0, 3000))), Failure::could_not_check), HasSubstr("cut off"));
  EXPECT_THAT(error_of(recognise(write(folder / "data.dump", bytes.substr(0, bytes.size() - 20000))), Failure::could_not_check), HasSubstr("cut off"));
  execute(target.conninfo(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public");  // its tables were whole
  const auto gz = gzipped(read_file(plain.path));
  EXPECT_THAT(error_of(recognise(write(folder / "half.sql.gz", gz.substr(0, gz.size() / 2))), Failure::could_not_check), HasSubstr("cut off"));
  EXPECT_THAT(error_of(recognise(write(folder / "foot.sql.gz", gzipped(read_file(plain.path).substr(0, plain.size.count / 2)))), Failure::could_not_check), HasSubstr("cut off"));
  EXPECT_THAT(error_of(script("CREATE TABLE t (i int);\nCOPY t FROM stdin;\n1\n"), Failure::could_not_check), HasSubstr("line 3"));
  EXPECT_THAT(error_of(script("BEGIN;\nCREATE TABLE t (i int);\n"), Failure::could_not_check), HasSubstr("does not end it"));
}

TEST_F(Load, NamesTheOrphanBehindAForeignKey) {
  const ScratchDatabase broken;
  execute(broken.conninfo(), "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int CONSTRAINT b_a_fkey REFERENCES a)");
  execute(broken.conninfo(), "SET session_replication_role = replica; INSERT INTO b VALUES (7)");
  for (const auto& arguments : {std::vector<std::string>{"-Fc"}, {"-Fp"}}) {
    const auto dump = recognise(pg_dump(broken.conninfo(), folder / "orphan", arguments));
    const ScratchDatabase database;
    try {
      load_dump(dump, database.conninfo());
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.what_failed(), AllOf(HasSubstr("b_a_fkey"), HasSubstr("ADD CONSTRAINT")));
      EXPECT_THAT(error.remedy(), AllOf(HasSubstr("rows of b that break b_a_fkey"), HasSubstr("(7)")));
    }
  }
}

TEST_F(Load, NamesTheStatementThatFails) {
  const auto message = error_of(script("CREATE TABLE t (i int NOT NULL);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (NULL);\nINSERT INTO t VALUES (2);\nCREATE EXTENSION no_such_thing;\n"), Failure::could_not_check);
  EXPECT_THAT(message, AllOf(HasSubstr("no_such_thing"), HasSubstr("does not have"), HasSubstr("apt-get install")));
  EXPECT_EQ(tables(), "0") << "extensions are looked for before anything runs";
  try {
    load_dump(script("CREATE TABLE t (i int NOT NULL);\nCOPY t FROM stdin;\n1\nx\n\\.\n"), target.conninfo());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what_failed(), AllOf(HasSubstr("script.sql:2"), HasSubstr("COPY t, line 2")));
  }
}

TEST_F(Load, NamesTheInsertThatFailsAmongMany) {
  const auto message = error_text(script("CREATE TABLE t (i int NOT NULL);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (NULL);\nINSERT INTO t VALUES (2);\n"));
  EXPECT_THAT(message, AllOf(HasSubstr("script.sql:3"), HasSubstr("VALUES (NULL)"), testing::Not(HasSubstr("VALUES (1)"))));
}

TEST_F(Load, LeavesOutASettingThatTheServerDoesNotKnow) {
  const auto report = load_dump(script("SET a_timeout_of_the_future = 0;\nCREATE TABLE t (i int);\n"), target.conninfo());
  EXPECT_THAT(report.warnings, Contains(HasSubstr("a_timeout_of_the_future")));
  EXPECT_EQ(tables(), "1");
}

}  // namespace
}  // namespace prodclone::dump
