// Each planted fault turns red the labels that it should and no other; the sound sample is green.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <ostream>

#include <prodclone/base/files.hpp>

#include "sample_project.hpp"

namespace prodclone::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Fault {
  std::string name = {};
  std::set<std::string> red = {};
  std::string object = {};  // what was planted, as the failure must name it
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

std::vector<Fault> faults() {
  std::vector<Fault> found;
  for (const auto& entry : std::filesystem::directory_iterator(PRODCLONE_ORCHA_FAULTS)) {
    const auto json = nlohmann::json::parse(read_file(entry.path() / "fault.json"));
    found.push_back({entry.path().filename().string(), json.at("red").get<std::set<std::string>>(), json.at("names").get<std::string>()});
  }
  std::sort(found.begin(), found.end(), [](const Fault& a, const Fault& b) { return a.name < b.name; });
  return found;
}

std::string test_name(const ::testing::TestParamInfo<Fault>& info) {
  std::string name;
  bool begins_word = true;
  for (const char c : info.param.name) {
    if (c != '-') name += begins_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins_word = c == '-';
  }
  return name;
}

class PlantedFault : public ::testing::TestWithParam<Fault> {};

TEST_P(PlantedFault, TurnsItsLabelsRedAndNoOther) {
  const auto& fault = GetParam();
  SampleProject project({.fault = fault.name});
  // The table is as big as this sample's scale makes it.
  project.edit_config([](nlohmann::ordered_json& config) { config["budgets"]["tables"] = {{{"match", "public.invoice_line"}, {"rewrite_mb", 0}, {"rewrite_rows", 100}}}; });
  const auto result = Ctest(project).run({"-L", "prodclone", "-j4"});
  EXPECT_EQ(result.red(), fault.red) << tail(result.outcome, 30000);
  EXPECT_NE(result.outcome.exit_code, 0);
  for (const auto& label : fault.red) {
    const auto text = result.failure_text(label);
    EXPECT_THAT(text, HasSubstr(fault.object)) << label;
    // A refactor case states what changes; it has nothing to recommend.
    if (label != "refactor") {
      EXPECT_THAT(text, HasSubstr("\n  do: ")) << label;
    }
  }
  // Provisioning, clean-up and census have nothing to complain about.
  for (const auto& name : result.failed()) EXPECT_FALSE(name.starts_with("prodclone.")) << name;
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

INSTANTIATE_TEST_SUITE_P(Orcha, PlantedFault, ::testing::ValuesIn(faults()), test_name);

TEST(SoundSample, IsGreen) {
  SampleProject project;
  const auto result = Ctest(project).run({"-L", "prodclone"});
  EXPECT_EQ(result.outcome.exit_code, 0) << tail(result.outcome);
  EXPECT_THAT(result.failed(), IsEmpty());
  EXPECT_EQ(result.passed().size(), result.cases.size());
  // ctest cuts off what a passed test says at the end, so its beginning must do.
  for (const auto& one : result.cases) EXPECT_THAT(one.text, HasSubstr("Running 1 test from 1 test suite.")) << one.name;
  std::set<std::string> seen;
  for (const auto& one : result.cases) seen.insert(result.labels.at(one.name).begin(), result.labels.at(one.name).end());
  for (const char* label : {"schema", "fk", "locks", "dirty", "refactor"}) EXPECT_TRUE(seen.contains(label)) << label;
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

}  // namespace
}  // namespace prodclone::e2e
