// A live database beside the record of a real rehearsal: before the deploy, after it, and by a role that may read nothing.
#include <prodclone/workflow/preflight.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include <prodclone/preflight/judge.hpp>

#include "team_project.hpp"

namespace prodclone::workflow {
namespace {

using preflight::Part;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Its check prints differently after a dump and a restore.
constexpr const char* check = "CHECK (((city)::text = ANY ((ARRAY['London'::character varying, 'Paris'::character varying])::text[])))";

class BesideTheRehearsal : public testing::Test {
 protected:
  void SetUp() override {
    const auto major = std::to_string(selftest::server_major());
    team_.write("prod.sql", "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version " + major + ".1\n-- Dumped by pg_dump version " + major + ".1\n\n"
                            "CREATE TABLE public.person (id integer NOT NULL, city character varying(20), CONSTRAINT city " + std::string(check) + ");\n"
                            "CREATE TABLE public.schema_migrations (id bigint, applied timestamp, description varchar(1024));\n"
                            "COPY public.schema_migrations (id, applied, description) FROM stdin;\n1\t2026-01-01 00:00:00\tpeople\n\\.\n\n"
                            "--\n-- PostgreSQL database dump complete\n--\n");
    team_.migration("002-born", "ALTER TABLE person ADD COLUMN born date;\n", "ALTER TABLE person DROP COLUMN born;\n");
    live("CREATE TABLE public.person (id integer NOT NULL, city varchar(20), CONSTRAINT city CHECK (city IN ('London', 'Paris'))); "
         "CREATE TABLE public.schema_migrations (id bigint, applied timestamp, description varchar(1024)); INSERT INTO public.schema_migrations VALUES (1, now(), 'people')");
    rehearse();
  }
  void TearDown() override {
    run_.reset();
    team_.clean_up();
  }
  void live(const std::string& sql) { pg::Session(live_.conninfo()).execute(sql); }
  void deploy(const std::string& sql) { live(sql + "; INSERT INTO public.schema_migrations VALUES (2, now(), 'born')"); }
  void rehearse() {
    auto project = team_.project();
    project.sources["live"] = {.name = "live", .kind = config::SourceKind::url, .url_env = "PRODCLONE_SELFTEST_LIVE"};
    project.preflight.source = "live";
    run_ = std::make_unique<Provisioning>(project, Options{.owner = owner_of_this_process(false, "test"), .warden = false});
    run_->require(Stage::migrated);
  }
  Provisioning& run() { return *run_; }
  static std::vector<std::string> told(const checks::Findings& findings) {
    std::vector<std::string> texts;
    for (const auto& one : findings)
      if (one.severity == checks::Severity::failure) texts.push_back(one.check + ": " + one.what);
    return texts;
  }
  std::vector<std::string> before() { return told(preflight_findings(run(), Part::schema)); }
  std::vector<std::string> after() { return told(postflight(run()).findings); }

  selftest::ScratchDatabase live_;

 private:
  TeamProject team_;
  Variable url_{"PRODCLONE_SELFTEST_LIVE", pg::url(live_.conninfo())};
  std::unique_ptr<Provisioning> run_;
};

TEST_F(BesideTheRehearsal, BeforeTheDeploySpellingIsNoDriftAndAColumnMadeByHandIs) {
  EXPECT_THAT(before(), IsEmpty());
  const auto quiet = preflight(run());
  EXPECT_NE(quiet.schema.expected_fingerprint, quiet.schema.live_fingerprint);
  EXPECT_THAT(quiet.schema.compared, HasSubstr("restored copy"));
  EXPECT_TRUE(quiet.targets.recorded);
  EXPECT_EQ(quiet.targets.tables.at(0).table, "public.person");
  live("ALTER TABLE person ADD COLUMN by_hand text");
  EXPECT_THAT(before(), ElementsAre("preflight/drift: added column public.person.by_hand."));
}

TEST_F(BesideTheRehearsal, WhatIsPendingThereMustBeWhatWasRehearsed) {
  live("INSERT INTO schema_migrations VALUES (2, now(), 'born'); ALTER TABLE person ADD COLUMN born date");
  EXPECT_THAT(before(), Contains("preflight/rehearsal: What is pending on the live database is not what was rehearsed."));
}

TEST_F(BesideTheRehearsal, AfterTheDeployItIsAsRehearsedOrNot) {
  EXPECT_THAT(after(), Contains(StartsWith("postflight/schema: removed column public.person.born")));
  deploy("ALTER TABLE person ADD COLUMN born date");
  EXPECT_THAT(after(), IsEmpty());
  live("ALTER TABLE person ALTER COLUMN born TYPE timestamp");
  EXPECT_THAT(after(), ElementsAre("postflight/schema: changed column public.person.born (type)."));
}

TEST_F(BesideTheRehearsal, WhatARoleMayNotReadIsNoDriftAndNoPass) {
  const auto role = selftest::ordinary_role().with_database(live_.conninfo().database);
  const Variable url("PRODCLONE_SELFTEST_LIVE", pg::url(role));
  const auto findings = preflight_findings(run(), Part::schema);
  EXPECT_TRUE(preflight::could_not_see(findings));
  EXPECT_THAT(told(findings), AllOf(Contains(HasSubstr("Could not be told whether this is a difference or its spelling")), Contains(HasSubstr("which migrations the live database has applied")),
                                    Not(Contains(HasSubstr("preflight/drift")))));
}

}  // namespace
}  // namespace prodclone::workflow
