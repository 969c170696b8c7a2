// A team's project on a server of its own: an ordinary role by TCP, a dump in plain SQL with one migration applied, and
// whatever a test makes pending.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/config/project.hpp>
#include <prodclone/databases/leases.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/release.hpp>

#include "own_server.hpp"
#include "support/selftest_server.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::workflow {

class TeamProject {
 public:
  TeamProject() {
    migration("001-people", "CREATE TABLE person (id int PRIMARY KEY, name text, city text);\n", "DROP TABLE person;\n");
    const auto major = std::to_string(selftest::server_major());
    write("prod.sql",
          "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version " + major + ".1\n-- Dumped by pg_dump version " + major + ".1\n\n"
          "CREATE TABLE public.person (id integer NOT NULL, name text, city text);\n"
          "CREATE TABLE public.schema_migrations (id bigint, applied timestamp, description varchar(1024));\n"
          "COPY public.person (id, name, city) FROM stdin;\n1\tAda\tLondon\n2\tGrace\tNew York\n3\tEdsger\t\\N\n\\.\n\n"
          "COPY public.schema_migrations (id, applied, description) FROM stdin;\n1\t2026-01-01 00:00:00\tpeople\n\\.\n\n"
          "ALTER TABLE ONLY public.person ADD CONSTRAINT person_pkey PRIMARY KEY (id);\n"
          "--\n-- PostgreSQL database dump complete\n--\n");
    configure("");
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, text);
  }
  // `more` is appended to prodclone.json's members: ", \"budgets\": {…}".
  void configure(const std::string& more, const std::string& migrations = R"("layout": "migratus")") const {
    write("prodclone.json", R"({"project": ")" + name_ + R"(", "default_source": "file", "sources": {"file": {"path": "prod.sql"}},
      "server": {"url_env": "PRODCLONE_SELFTEST_URL", "allow_hosts": [")" + role_.host + R"("]}, "migrations": {)" + migrations + "}" + more + "}");
  }
  void migration(const std::string& name, const std::string& up, const std::string& down) const {
    write("migrations/" + name + ".up.sql", up);
    write("migrations/" + name + ".down.sql", down);
  }
  config::Project project() const { return config::load_project(folder_ / "prodclone.json", folder_.path()); }

  // Ends every run of this project, and expects that nothing is left on the server.
  void clean_up() const {
    const auto made = project();
    for (const auto& run : databases::Leases(made.state_directory()).runs()) release(made, run.id);
    EXPECT_THAT(release_everything(made).failed, testing::IsEmpty());
    const auto left = pg::Session(role_).query("SELECT count(*) AS n FROM pg_catalog.pg_database WHERE pg_catalog.strpos(datname, $1) > 0", {name_});
    EXPECT_EQ(left.integer(0, "n"), 0) << "every private copy is gone";
  }

 private:
  selftest::TemporaryFolder folder_;
  std::string name_ = "rt" + random_hex(8);
  pg::ConnInfo role_ = selftest::ordinary_role();
  Variable url_{"PRODCLONE_SELFTEST_URL", pg::url(role_)};
};

// A test with such a project and one run of it, begun when it is first asked for.
class TeamRun : public ::testing::Test {
 protected:
  void TearDown() override {
    run_.reset();
    team_.clean_up();
  }
  std::unique_ptr<Provisioning> process() const {
    return std::make_unique<Provisioning>(team_.project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false});
  }
  Provisioning& run() {
    if (!run_) run_ = process();
    return *run_;
  }

  TeamProject team_;

 private:
  std::unique_ptr<Provisioning> run_;
};

}  // namespace prodclone::workflow
