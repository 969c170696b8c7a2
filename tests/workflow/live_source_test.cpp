#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <prodclone/base/error.hpp>
#include <prodclone/workflow/obtain_dump.hpp>

namespace prodclone::workflow {
namespace {

// Nothing is connected to yet.
void open_url(const std::string& url) { open_source({}, {.name = "prod", .kind = config::SourceKind::url, .url = url}); }

TEST(LiveSourceByUrl, MayNameAPrimaryAndItsStandbyWithTheirPorts) {
  EXPECT_NO_THROW(open_url("postgresql://shop@db1.example.org:5432,db2.example.org:5433/shop"));
  EXPECT_NO_THROW(open_url("host=db1.example.org,db2.example.org port=5432,5433 user=shop dbname=shop"));
}

TEST(LiveSourceByUrl, HoldsNoPasswordInTheConfiguration) {
  for (const char* url : {"postgresql://shop:secret@db1.example.org/shop", "postgresql://shop:secret@db1.example.org:5432,db2.example.org:5433/shop"}) {
    try {
      open_url(url);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("sources.prod.url in prodclone.json holds a password"), ::testing::Not(::testing::HasSubstr("secret"))));
    }
  }
}

}  // namespace
}  // namespace prodclone::workflow
