#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/workflow/provisioning.hpp>
#include <prodclone/workflow/rehearse.hpp>
#include <prodclone/workflow/release.hpp>

#include "own_server.hpp"
#include "support/selftest_server.hpp"
#include "support/temporary_folder.hpp"

namespace prodclone::workflow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A project whose dump holds a table that no server can make.
class LoadCheck : public testing::Test {
 protected:
  void SetUp() override {
    write("migrations/001-a.up.sql", "CREATE TABLE a (id int PRIMARY KEY);\n");
    write("prod.sql", "CREATE EXTENSION no_such_extension;\nCREATE TABLE public.place (at no_such_type);\nCREATE TABLE public.a (id integer PRIMARY KEY);\nINSERT INTO public.a VALUES (1);\n");
    write("waivers.json", "{}");
    write("prodclone.json", R"({"project": ")" + name_ + R"(", "default_source": "file", "sources": {"file": {"path": "prod.sql"}}, "schema": {"waivers": "waivers.json"},
      "server": {"url_env": "PRODCLONE_SELFTEST_URL", "allow_hosts": [")" + role_.host + R"("]}})");
  }
  void TearDown() override {
    for (const auto& run : databases::Leases(project().state_directory()).runs()) release(project(), run.id);
    EXPECT_THAT(release_everything(project()).failed, IsEmpty());
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, text);
  }
  config::Project project() const { return config::load_project(folder_ / "prodclone.json", folder_.path()); }
  std::unique_ptr<Provisioning> provisioned() const {
    return std::make_unique<Provisioning>(project(), Options{.owner = owner_of_this_process(false, "test"), .warden = false});
  }

  selftest::TemporaryFolder folder_;
  std::string name_ = "st" + random_hex(8);
  pg::ConnInfo role_ = selftest::ordinary_role();
  Variable url_{"PRODCLONE_SELFTEST_URL", pg::url(role_)};
};

TEST_F(LoadCheck, FailsForWhatIsMissingAlsoWhenPristineIsUsedAgain) {
  {
    const auto run = provisioned();
    const auto findings = load_findings(*run);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].object, "no_such_extension");
    EXPECT_THAT(findings[0].evidence, testing::ElementsAre(HasSubstr("table public.place")));
    EXPECT_TRUE(checks::any_failure(findings));
    run->keep(Stage::pristine, "test");
    release(project(), run->run());
  }
  const auto again = provisioned();
  EXPECT_TRUE(again->require(Stage::pristine).reused);
  EXPECT_TRUE(checks::any_failure(load_findings(*again)));
}

TEST_F(LoadCheck, AcceptsWhatIsWaived) {
  write("waivers.json", R"({"not_loaded": [{"kind": "extension", "reason": "r", "until": "2099-01-01"}, {"name": "public.pl*", "reason": "r", "until": "2099-01-01"}]})");
  const auto run = provisioned();
  const auto findings = load_findings(*run);
  EXPECT_FALSE(checks::any_failure(findings)) << checks::to_string(findings);
  EXPECT_EQ(findings.size(), 2U) << "it is noted";
}

TEST_F(LoadCheck, IsContentWithAWholeDump) {
  write("prod.sql", "CREATE TABLE public.a (id integer PRIMARY KEY);\n");
  const auto run = provisioned();
  EXPECT_THAT(load_findings(*run), IsEmpty());
}

}  // namespace
}  // namespace prodclone::workflow
