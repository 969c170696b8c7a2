// A cluster as a user's own server gives it: by TCP, as an ordinary role with CREATEDB. Names are this test's own, and
// what it leaves behind goes with it.
#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <optional>
#include <string>

#include <prodclone/base/error.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/databases/cluster.hpp>
#include <prodclone/pg/quote.hpp>

#include "support/selftest_server.hpp"

namespace prodclone::databases {

class ClusterFixture : public testing::Test {
 protected:
  void TearDown() override {
    for (const auto& database : cluster_.owned()) cluster_.drop(database.name);
    for (const auto& database : other_workspace_.owned()) other_workspace_.drop(database.name);
  }

  std::string named(const std::string& end) const { return id_ + '_' + end; }
  static Mark as(Use use) { return {.use = use, .key = "key", .run = "run", .note = "note"}; }
  static void nothing(const pg::ConnInfo&) {}

  // With a table t of one row.
  std::string made(const std::string& end) {
    cluster_.make(named(end), as(Use::scratch), {}, [](const pg::ConnInfo& database) {
      pg::Session(database).execute("CREATE TABLE t (x int); INSERT INTO t VALUES (42)");
    });
    return named(end);
  }

  template <typename Work>
  static Error error_of(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return Error(Failure::check_failed, "nothing was thrown");
  }

  std::string id_ = "selftest_" + random_hex(10);
  pg::ConnInfo maintenance_ = selftest::ordinary_role();
  Cluster cluster_{maintenance_, "workspace " + id_, "shop"};
  Cluster other_workspace_{maintenance_, "another " + id_, "neighbour"};
};

}  // namespace prodclone::databases
