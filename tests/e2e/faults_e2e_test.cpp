// Each planted fault turns red the labels that it should and no other, by the checks that it should and in words that
// help; each good variant and the sound sample stay green.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <ostream>

#include <prodclone/base/files.hpp>
#include <prodclone/base/text.hpp>
#include <variant.hpp>

#include "sample_project.hpp"
#include "variant_lab.hpp"

namespace prodclone::orcha {
void PrintTo(const Variant& variant, std::ostream* out) { *out << variant.name; }
}  // namespace prodclone::orcha

namespace prodclone::e2e {
namespace {

using orcha::Variant;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::IsSupersetOf;

std::string test_name(const ::testing::TestParamInfo<Variant>& info) {
  std::string name;
  bool begins_word = true;
  for (const char c : info.param.name) {
    if (c != '-') name += begins_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins_word = c == '-';
  }
  return name;
}

std::vector<Variant> those(bool (*wanted)(const Variant&)) {
  auto variants = orcha::all_variants();
  std::erase_if(variants, [&](const Variant& variant) { return !wanted(variant); });
  return variants;
}

std::set<std::string> allowed(const Variant& variant) {
  auto labels = variant.red;
  labels.insert(variant.may.begin(), variant.may.end());
  return labels;
}

class Fault : public ::testing::TestWithParam<Variant> {};

TEST_P(Fault, TurnsItsLabelsRedAndNoOther) {
  const auto& fault = GetParam();
  const auto verdict = VariantLab().judge(fault);
  record_verdict(fault, verdict);
  EXPECT_THAT(verdict.red(), IsSupersetOf(fault.red)) << verdict.text;
  EXPECT_THAT(verdict.red(), IsSubsetOf(allowed(fault))) << verdict.text;
  EXPECT_NE(verdict.exit_code, 0);
  for (const auto& word : fault.words) EXPECT_THAT(verdict.text, HasSubstr(word));
  for (const auto& check : fault.found_by) EXPECT_THAT(verdict.failed_checks, Contains(check)) << verdict.text;
  EXPECT_THAT(verdict.without_remedy, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Orcha, Fault, ::testing::ValuesIn(those([](const Variant& variant) { return !variant.good; })), test_name);

class GoodVariant : public ::testing::TestWithParam<Variant> {};

TEST_P(GoodVariant, StaysGreen) {
  const auto verdict = VariantLab().judge(GetParam());
  record_verdict(GetParam(), verdict);
  EXPECT_THAT(verdict.red(), IsEmpty()) << verdict.text;
  EXPECT_EQ(verdict.exit_code, 0);
}

INSTANTIATE_TEST_SUITE_P(Orcha, GoodVariant, ::testing::ValuesIn(those([](const Variant& variant) { return variant.good; })), test_name);

// The lab asks `prodclone rehearse`; these go the way of a team's CI, to the JUnit file.
class FaultUnderCtest : public ::testing::TestWithParam<Variant> {};

TEST_P(FaultUnderCtest, TurnsItsLabelsRedAndNoOther) {
  const auto& fault = GetParam();
  SampleProject project({.variant = fault.name});
  project.edit_config([](nlohmann::ordered_json& config) { config.merge_patch(small_scale_budgets()); });
  const auto result = Ctest(project).run({"-L", "prodclone", "-j4"});
  EXPECT_THAT(result.red(), IsSupersetOf(fault.red)) << tail(result.outcome, 30000);
  EXPECT_THAT(result.red(), IsSubsetOf(allowed(fault))) << tail(result.outcome, 30000);
  EXPECT_NE(result.outcome.exit_code, 0);
  std::string all_text;
  for (const auto& label : fault.red) {
    const auto text = result.failure_text(label);
    all_text += text;
    // A refactor case states what changes; it has nothing to recommend.
    if (label != "refactor") {
      EXPECT_THAT(text, HasSubstr("\n  do: ")) << label;
    }
  }
  for (const auto& word : fault.words) EXPECT_THAT(all_text, HasSubstr(word));
  // Provisioning, clean-up and census have nothing to complain about.
  for (const auto& name : result.failed()) EXPECT_FALSE(name.starts_with("prodclone.")) << name;
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

INSTANTIATE_TEST_SUITE_P(Orcha, FaultUnderCtest, ::testing::ValuesIn(those([](const Variant& variant) { return variant.through_ctest; })), test_name);

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
  for (const char* label : {"schema", "fk", "locks", "dirty", "data", "roundtrip", "leftovers", "ingestion", "smoke", "refactor"}) EXPECT_TRUE(seen.contains(label)) << label;
  EXPECT_TRUE(project.becomes_clean()) << project.what_is_left();
}

// After the others: its ctest entry is the clean-up of theirs.
TEST(VariantTable, IsWhatTheDocumentSays) {
  EXPECT_EQ(VariantLab::remove_all(), "") << "left behind";
  const auto table = table_of(orcha::all_variants());
  if (!table) return;  // this build has judged only some of them
  const std::filesystem::path document = PRODCLONE_SOURCE_DIR "/docs/faults.md";
  if (std::getenv("PRODCLONE_RENEW_DOCS") != nullptr) write_file_atomically(document, *table);
  EXPECT_EQ(read_file_if_present(document).value_or(""), *table) << "Renew it: PRODCLONE_RENEW_DOCS=1 ctest -R VariantTable";
}

}  // namespace
}  // namespace prodclone::e2e
