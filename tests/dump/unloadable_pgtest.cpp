// What production's dumps hold and a server cannot take: told by name, while all the rest is loaded.
#include <prodclone/dump/load.hpp>

#include <gmock/gmock.h>

#include <algorithm>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/process/child.hpp>
#include <support/selftest_server.hpp>

#include "workshop.hpp"

namespace prodclone::dump {
namespace {

using namespace selftest;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> named(const LoadReport& report, Shortfall shortfall) {
  std::vector<std::string> names;
  for (const auto& one : report.unloaded)
    if (one.shortfall == shortfall) names.push_back(one.kind + ' ' + one.name);
  std::sort(names.begin(), names.end());
  return names;
}

const Unloaded& find(const LoadReport& report, const std::string& name) {
  static const Unloaded none{};
  const auto found = std::find_if(report.unloaded.begin(), report.unloaded.end(), [&](const Unloaded& one) { return one.name == name; });
  return found == report.unloaded.end() ? none : *found;
}

class LoadOfProduction : public testing::Test {
 protected:
  LoadReport load(const DumpFile& dump) const { return load_dump(dump, target.conninfo(), {.unloadable = Unloadable::report}); }
  LoadReport load(std::string_view sql) const { return load(recognise(write(folder / "script.sql", sql))); }
  std::string ask(const std::string& sql) const { return value(target.conninfo(), sql); }
  // The same database as SQL and as an archive.
  std::vector<DumpFile> dumps_of(const pg::ConnInfo& source) const {
    return {recognise(pg_dump(source, folder / "plain.sql", {})), recognise(pg_dump(source, folder / "custom.dump", {"-Fc"})),
            recognise(pg_dump(source, folder / "inserts.sql", {"--inserts"})), recognise(pg_dump(source, folder / "created.sql", {"--create", "--clean"}))};
  }

  ScratchFolder folder;
  ScratchDatabase target;
};

TEST_F(LoadOfProduction, ThatIsWholeLacksNothing) {
  const ScratchDatabase source;
  execute(source.conninfo(), "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a); INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)");
  for (const auto& dump : dumps_of(source.conninfo())) {
    const ScratchDatabase database;
    EXPECT_THAT(load_dump(dump, database.conninfo(), {.unloadable = Unloadable::report}).unloaded, IsEmpty()) << dump.name();
    EXPECT_EQ(content_of(database.conninfo()), content_of(source.conninfo())) << dump.name();
  }
}

// Rows that a replica or a disabled trigger let past the key.
TEST_F(LoadOfProduction, KeepsAForeignKeyThatItsRowsViolate) {
  const ScratchDatabase source;
  execute(source.conninfo(), "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE \"B b\" (a int CONSTRAINT \"its A\" REFERENCES a ON DELETE CASCADE DEFERRABLE, c int CONSTRAINT whole REFERENCES a);"
                             "COMMENT ON CONSTRAINT \"its A\" ON \"B b\" IS 'c'; INSERT INTO a VALUES (1);"
                             "SET session_replication_role = replica; INSERT INTO \"B b\" VALUES (1, 1), (7, 1)");
  for (const auto& dump : dumps_of(source.conninfo())) {
    SCOPED_TRACE(dump.name());
    const ScratchDatabase database;
    const auto report = load_dump(dump, database.conninfo(), {.unloadable = Unloadable::report});
    EXPECT_THAT(named(report, Shortfall::altered), ElementsAre("foreign_key public.B b.its A"));
    EXPECT_THAT(named(report, Shortfall::not_loaded), IsEmpty());
    EXPECT_THAT(find(report, "public.B b.its A").reason, AllOf(HasSubstr("NOT VALID"), Not(HasSubstr("7")))) << "values of rows are nobody's business";
    EXPECT_EQ(content_of(database.conninfo()), content_of(source.conninfo())) << "the key is there as in production, and so are the orphans";
    EXPECT_EQ(value(database.conninfo(), "SELECT count(*) FROM \"B b\""), "2");
  }
}

TEST_F(LoadOfProduction, AsAnOrdinaryRoleLeavesTheKeyNotValid) {
  auto ordinary = ordinary_role();
  execute(target.conninfo(), "GRANT ALL ON SCHEMA public TO " + ordinary.user);
  ordinary.database = target.conninfo().database;
  const auto dump = recognise(write(folder / "d.sql", "CREATE TABLE public.a (id int PRIMARY KEY);\nCREATE TABLE public.b (a int);\nINSERT INTO public.b VALUES (7);\n"
                                                      "ALTER TABLE ONLY public.b\n    ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES public.a(id);\n"));
  const auto report = load_dump(dump, ordinary, {.unloadable = Unloadable::report});
  EXPECT_THAT(find(report, "public.b.k").reason, HasSubstr("in production it is valid"));
  EXPECT_EQ(ask("SELECT convalidated FROM pg_constraint WHERE conname = 'k'"), "f");
  execute(target.conninfo(), "DROP OWNED BY " + ordinary.user);
}

// An archive of a database with an extension that no server has: its name, changed in the table of contents.
TEST_F(LoadOfProduction, NamesAMissingExtensionAndWhatDependsOnIt) {
  const ScratchDatabase source;
  execute(source.conninfo(), "CREATE EXTENSION hstore; CREATE TABLE place (id int PRIMARY KEY, tags hstore); INSERT INTO place VALUES (1, 'a=>1'); CREATE INDEX place_tags ON place USING gin (tags);"
                             "CREATE VIEW place_ids AS SELECT id FROM place; CREATE TABLE person (id int PRIMARY KEY, place int REFERENCES place); INSERT INTO person VALUES (1, 1)");
  for (const auto& whole : {pg_dump(source.conninfo(), folder / "plain.sql", {}), pg_dump(source.conninfo(), folder / "custom.dump", {"-Fc"})}) {
    SCOPED_TRACE(whole.string());
    const ScratchDatabase database;
    const auto dump = recognise(write(folder / "changed.dump", replaced(read_file(whole), "hstore", "hxtore")));
    EXPECT_THROW(load_dump(dump, ScratchDatabase().conninfo()), Error) << "unless it is to be told";
    const auto report = load_dump(dump, database.conninfo(), {.unloadable = Unloadable::report});
    EXPECT_THAT(named(report, Shortfall::not_loaded),
                testing::IsSupersetOf({"extension hxtore", "table public.place", "view public.place_ids", "index public.place_tags", "foreign_key public.person.person_place_fkey"}));
    EXPECT_THAT(named(report, Shortfall::not_loaded), Not(Contains(HasSubstr("table_data"))));
    for (const auto& name : {"public.place", "public.place_ids", "public.person.person_place_fkey"}) EXPECT_EQ(find(report, name).cause, "extension hxtore") << name;
    EXPECT_THAT(find(report, "hxtore").remedy, HasSubstr("apt-get install"));
    EXPECT_EQ(value(database.conninfo(), "SELECT count(*) FROM person"), "1") << "the rest is there";
  }
}

TEST_F(LoadOfProduction, EventTriggersAreMadeLastAndFireForNothing) {
  const auto sql = std::string("CREATE TABLE fired (tag text);\nCREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.fired VALUES (tg_tag); END$$;\n") +
                   "CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION note();\nALTER EVENT TRIGGER watch ENABLE ALWAYS;\n"
                   "CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a int REFERENCES a);\nCREATE MATERIALIZED VIEW m AS SELECT 1 AS one;\n";
  const auto source_report = load(sql);
  EXPECT_THAT(source_report.unloaded, IsEmpty());
  EXPECT_EQ(ask("SELECT count(*) FROM fired"), "0");
  EXPECT_EQ(ask("SELECT evtenabled FROM pg_event_trigger WHERE evtname = 'watch'"), "A");
  for (const auto& dump : dumps_of(target.conninfo())) {
    SCOPED_TRACE(dump.name());
    const ScratchDatabase database;
    EXPECT_THAT(load_dump(dump, database.conninfo(), {.unloadable = Unloadable::report}).unloaded, IsEmpty());
    EXPECT_EQ(value(database.conninfo(), "SELECT count(*) FROM fired"), "0");
    execute(database.conninfo(), "CREATE TABLE later (i int)");
    EXPECT_EQ(value(database.conninfo(), "SELECT tag FROM fired"), "CREATE TABLE") << "it is not silently missing";
  }
}

TEST_F(LoadOfProduction, RunsNoJobAndFollowsNoServer) {
  const auto report = load("CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog;\nCOMMENT ON EXTENSION pg_cron IS 'Job scheduler';\n"
                           "CREATE TABLE public.t (i int);\nCREATE PUBLICATION p FOR TABLE public.t;\n"
                           "CREATE SUBSCRIPTION s CONNECTION 'host=prod.example.org password=hunter2' PUBLICATION p WITH (connect = false);\n"
                           "COPY cron.job (jobid, command) FROM stdin;\n1\tDELETE FROM t\n\\.\n\nSELECT pg_catalog.setval('cron.jobid_seq', 7, true);\n");
  EXPECT_THAT(named(report, Shortfall::not_loaded), IsEmpty());
  EXPECT_THAT(named(report, Shortfall::left_out), ElementsAre("extension pg_cron", "subscription s"));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())"), "0");
  EXPECT_EQ(ask("SELECT count(*) FROM pg_publication"), "1") << "it sends nothing by itself";
  EXPECT_THAT(testing::PrintToString(report.warnings), Not(HasSubstr("hunter2")));
}

TEST_F(LoadOfProduction, OfATableInASchemaCalledCronIsWhole) {
  EXPECT_THAT(load("CREATE SCHEMA cron;\nCREATE TABLE cron.job (i int);\nCOPY cron.job FROM stdin;\n1\n\\.\n").unloaded, IsEmpty());
  EXPECT_EQ(ask("SELECT count(*) FROM cron.job"), "1");
}

TEST_F(LoadOfProduction, LeavesSubscriptionsOutOfArchives) {
  const ScratchDatabase source;
  const auto name = "s_" + random_hex(8);
  execute(source.conninfo(), "CREATE TABLE t (i int); CREATE SUBSCRIPTION " + name + " CONNECTION 'host=prod.example.org' PUBLICATION p WITH (connect = false, slot_name = NONE)");
  const auto report = load(recognise(pg_dump(source.conninfo(), folder / "d.dump", {"-Fc"})));
  EXPECT_THAT(named(report, Shortfall::left_out), ElementsAre("subscription " + name));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())"), "0");
  execute(source.conninfo(), "DROP SUBSCRIPTION " + name);
}

TEST_F(LoadOfProduction, NamesTheTableWhoseRowsCannotBeRead) {
  const auto report = load("CREATE TABLE good (t text);\nCREATE TABLE bad (t text);\nCREATE TABLE worse (i int);\nCREATE TABLE worst (i int NOT NULL);\n"
                           "COPY good (t) FROM stdin;\nfine\n\\.\nCOPY bad (t) FROM stdin;\nfine\nb\xff\xfe\n\\.\n"
                           "COPY worse (i) FROM stdin;\nhunter2\n\\.\nINSERT INTO worst VALUES (NULL);\nINSERT INTO worst VALUES (1);\nINSERT INTO worst VALUES (NULL);\n");
  EXPECT_THAT(named(report, Shortfall::not_loaded), ElementsAre("table_data bad", "table_data worse", "table_data worst"));
  EXPECT_THAT(find(report, "bad").reason, AllOf(HasSubstr("invalid byte sequence"), HasSubstr("line 2")));
  EXPECT_THAT(find(report, "worse").reason, AllOf(HasSubstr("line 1"), Not(HasSubstr("hunter2"))));
  EXPECT_EQ(find(report, "worst").count, 2);
  EXPECT_EQ(ask("SELECT count(*) FROM good"), "1");
  EXPECT_EQ(ask("SELECT count(*) FROM worst"), "1");
}

TEST_F(LoadOfProduction, PassesOverSettingsOfNewerServersOwnersTablespacesAndLabels) {
  const auto report = load("SET transaction_timeout = 0;\nSET default_tablespace = fast;\nCREATE TABLE t (i int);\nALTER TABLE t OWNER TO nobody_of_that_name;\n"
                           "SECURITY LABEL FOR anon ON COLUMN t.i IS 'MASKED WITH VALUE 0';\nSELECT pg_catalog.lo_create('16400');\nALTER LARGE OBJECT 16400 OWNER TO nobody_of_that_name;\n"
                           "BEGIN;\nSELECT pg_catalog.lo_open('16400', 131072);\nSELECT pg_catalog.lowrite(0, '\\x616263');\nSELECT pg_catalog.lo_close(0);\nCOMMIT;\n");
  EXPECT_THAT(named(report, Shortfall::not_loaded), IsEmpty());
  EXPECT_THAT(named(report, Shortfall::left_out), ElementsAre("security_label column t.i"));
  EXPECT_EQ(ask("SELECT convert_from(lo_get(16400), 'UTF8')"), "abc");
  execute(server(), "DROP ROLE IF EXISTS nobody_of_that_name");
}

TEST_F(LoadOfProduction, BringsLargeObjectsInEachFormat) {
  const ScratchDatabase source;
  execute(source.conninfo(), "SELECT lo_from_bytea(16400, 'large')");
  for (const auto& dump : dumps_of(source.conninfo())) {
    const ScratchDatabase database;
    EXPECT_THAT(load_dump(dump, database.conninfo(), {.unloadable = Unloadable::report}).unloaded, IsEmpty());
    EXPECT_EQ(value(database.conninfo(), "SELECT convert_from(lo_get(16400), 'UTF8')"), "large") << dump.name();
  }
}

TEST_F(LoadOfProduction, TakesTheDatabaseOutOfPgDumpall) {
  const ScratchDatabase source;
  execute(source.conninfo(), "CREATE TABLE t (i int); INSERT INTO t VALUES (7)");
  // Every other database of the test server would come along, each with a test of its own.
  std::string sql = "--\n-- PostgreSQL database cluster dump\n--\n\\connect template1\n";
  sql += read_file(pg_dump(source.conninfo(), folder / "c.sql", {"--create", "--clean", "--if-exists"})) + "--\n-- PostgreSQL database cluster dump complete\n--\n";
  EXPECT_THAT(load(sql).unloaded, IsEmpty());
  EXPECT_EQ(ask("SELECT i FROM t"), "7");
  EXPECT_EQ(value(source.conninfo(), "SELECT i FROM t"), "7") << "DROP DATABASE was not followed";
}

TEST_F(LoadOfProduction, EndsWhenTheServerIsWhatFailed) {
  EXPECT_THROW(load("CREATE TABLE t (i int);\nSELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());\nCREATE TABLE u (i int);\n"), Error);
}

TEST_F(LoadOfProduction, EndsWhenAScriptsOwnTransactionFails) {
  EXPECT_THROW(load("BEGIN;\nCREATE TABLE t (i no_such_type);\nCREATE TABLE u (i int);\nCOMMIT;\n"), Error);
}

}  // namespace
}  // namespace prodclone::dump
