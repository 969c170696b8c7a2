// A project to provision databases for, made anew for each test.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/pg/session.hpp>
#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/release.hpp>

#include "own_server.hpp"
#include "support/selftest_server.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::workflow {

// A team's project on a server of its own: an ordinary role by TCP, a dump in plain SQL with one migration applied, and
// one pending. No warden, since this process is the owner and lives.
class ProvisioningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    write("migrations/001-people.up.sql", "CREATE TABLE person (id int PRIMARY KEY, name text);\n");
    write("migrations/001-people.down.sql", "DROP TABLE person;\n");
    write("migrations/002-born.up.sql", "ALTER TABLE person ADD COLUMN born date;\n");
    write("migrations/002-born.down.sql", "ALTER TABLE person DROP COLUMN born;\n");
    write("prod.sql",
          "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version " + std::to_string(selftest::server_major()) +
              ".1\n-- Dumped by pg_dump version " + std::to_string(selftest::server_major()) + ".1\n\n"
          "CREATE TABLE public.person (id integer NOT NULL, name text);\n"
          "CREATE TABLE public.schema_migrations (id bigint, applied timestamp, description varchar(1024));\n"
          "COPY public.person (id, name) FROM stdin;\n1\tAda\n2\tGrace\n\\.\n\n"
          "COPY public.schema_migrations (id, applied, description) FROM stdin;\n1\t2026-01-01 00:00:00\tpeople\n\\.\n\n"
          "ALTER TABLE ONLY public.person ADD CONSTRAINT person_pkey PRIMARY KEY (id);\n"
          "--\n-- PostgreSQL database dump complete\n--\n");
    write("prodclone.json", R"({"project": ")" + name_ + R"(", "default_source": "file", "sources": {"file": {"path": "prod.sql"}},
      "server": {"url_env": "PRODCLONE_SELFTEST_URL", "allow_hosts": [")" + role_.host + R"("]}, "migrations": {"layout": "migratus"}})");
  }
  void TearDown() override {
    // What a living run holds stays, and this process lives.
    for (const auto& run : databases::Leases(project().state_directory()).runs()) release(project(), run.id);
    EXPECT_THAT(release_everything(project()).failed, testing::IsEmpty());
    EXPECT_THAT(databases(), testing::IsEmpty()) << "nothing is left on the server";
  }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, text);
  }
  config::Project project() const { return config::load_project(folder_ / "prodclone.json", folder_.path()); }
  std::unique_ptr<Provisioning> provisioned() const {
    return std::make_unique<Provisioning>(project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false});
  }
  // Of this project, by name.
  std::vector<std::string> databases() const {
    std::vector<std::string> names;
    pg::Session session(role_);
    const auto rows = session.query("SELECT datname AS name FROM pg_catalog.pg_database WHERE pg_catalog.strpos(datname, $1) > 0 ORDER BY 1", {name_});
    for (std::size_t row = 0; row < rows.rows(); ++row) names.push_back(rows.text(row, "name"));
    return names;
  }
  static std::string columns(const pg::ConnInfo& database) {
    return pg::Session(database)
        .query("SELECT pg_catalog.string_agg(attname, ' ' ORDER BY attnum) AS all FROM pg_catalog.pg_attribute "
               "WHERE attrelid = pg_catalog.to_regclass('public.person') AND attnum > 0 AND NOT attisdropped")
        .text(0, "all");
  }
  static std::int64_t people(const pg::ConnInfo& database) {
    return pg::Session(database).query("SELECT count(*) AS n FROM public.person").integer(0, "n");
  }

  selftest::TemporaryFolder folder_;
  std::string name_ = "st" + random_hex(8);
  pg::ConnInfo role_ = selftest::ordinary_role();
  Variable url_{"PRODCLONE_SELFTEST_URL", pg::url(role_)};
};

}  // namespace prodclone::workflow
