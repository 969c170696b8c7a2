// customer gets an e-mail address, and nothing else changes.
#include <prodclone/testing.hpp>
using namespace prodclone::testing;

class AddEmail : public MigrationCase {
  std::string_view migration() const override { return "2"; }
};

TEST_F(AddEmail, AddsOneColumn) { EXPECT_THAT(up(), ChangesExactly(added(column("customer", "email")))); }
