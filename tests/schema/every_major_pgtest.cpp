#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include <prodclone/base/text.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/render.hpp>

#include "kitchen_sink.hpp"
#include "mutations.hpp"
#include "recorded_majors.hpp"
#include "seen.hpp"

namespace prodclone::schema {
namespace {

constexpr DiffOptions everything{.strict = true, .owners = true, .privileges = true};

// The kitchen sink and all that spelled.sql has to be printed, as far as a server of major `level` would know it.
class EveryKind {
 public:
  explicit EveryKind(int level = 99) : sink_(level) { sink_.pour(PRODCLONE_SPELLED); }

  pg::Session& session() { return sink_.session(); }
  KitchenSink& sink() { return sink_; }
  Snapshot snapshot() {
    session().execute("BEGIN");
    auto snapshot = snapshot_within_transaction();
    session().execute("ROLLBACK");
    return snapshot;
  }
  Snapshot snapshot_within_transaction() {
    const auto maker = session().query("SELECT current_user AS name").text(0, "name");
    auto snapshot = take_snapshot_within_transaction(session());
    const auto called_maker = [&](std::string& text) { text = replaced(text, maker, "maker"); };
    for (auto& object : snapshot.objects) {
      called_maker(object.owner);
      for (auto& privilege : object.privileges) called_maker(privilege);
    }
    return snapshot;
  }

 private:
  KitchenSink sink_;
};

void renew(const Snapshot& now) {
  record(now);
  if (now.server_version / 10000 != recorded_majors().back()) return;
  for (int level = recorded_majors().front() + 1; level <= recorded_majors().back(); ++level) {
    const auto before = names_of(EveryKind(level - 1).snapshot()), after = names_of(EveryKind(level).snapshot());
    std::set<std::string> added;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::inserter(added, added.end()));
    record_later(level, added);
  }
}

// With PRODCLONE_RENEW_MAJORS=1 what this server says is recorded instead.
TEST(EveryMajor, ThisServerSaysWhatIsRecordedOfItsMajor) {
  EveryKind here;
  const auto now = here.snapshot();
  if (std::getenv("PRODCLONE_RENEW_MAJORS") != nullptr) renew(now);
  const auto differences = diff(recorded(now.server_version / 10000), now, everything);
  EXPECT_TRUE(differences.empty()) << to_plain(differences);
}

// Another major's recorded snapshot against this server, after one statement each.
TEST(EveryMajor, AStatementIsSeenAcrossMajorsAsItIsWithinOne) {
  const int own = selftest::server_major(), other = own == 17 ? 15 : 17;
  EveryKind here(std::min(own, other));
  auto there = as_known_to(std::min(own, other), recorded(other));
  // The statements are for the sink: what spelled.sql builds on it is in their way.
  here.session().execute("DROP SCHEMA spelled CASCADE; DROP PUBLICATION IF EXISTS filtered");
  std::erase_if(there.objects, [](const Object& one) { return one.schema == "spelled" || (one.kind == "schema" && one.name == "spelled") || one.name == "filtered"; });
  // What is not the same on 18: a subscription that does not say.
  for (auto& object : there.objects)
    if (object.kind == "subscription" && own == 18) object.attributes.insert(object.attributes.end() - 1, {.name = "streaming", .value = "parallel"});
  std::size_t seen = 0;
  for (std::size_t i = 0; i < mutations().size(); i += 6) {  // a sixth: all of them are tried within one major
    const auto& mutation = mutations()[i];
    if (mutation.ddl.find("pg_seclabel") != std::string::npos) continue;  // needs a provider's label first
    if (mutation.on_request || mutation.from_major > std::min(own, other)) continue;
    SCOPED_TRACE(mutation.ddl);
    here.session().execute("BEGIN");
    here.sink().run(mutation.ddl);
    EXPECT_EQ(renderings(diff(there, here.snapshot_within_transaction())), sorted(mutation.expected));
    here.session().execute("ROLLBACK");
    ++seen;
  }
  EXPECT_GT(seen, 40u);
}

}  // namespace
}  // namespace prodclone::schema
