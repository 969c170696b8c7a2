// One database before and after a migration: the same script gives both, since `after` is a file copy, with its OIDs.
#pragma once

#include <string>

#include <prodclone/data/content.hpp>
#include <prodclone/pg/quote.hpp>
#include <prodclone/pg/session.hpp>
#include <support/selftest_server.hpp>

namespace prodclone::data {

class TwoStates {
 public:
  TwoStates(const std::string& base, const std::string& migration) {
    pg::Session(before_.conninfo()).execute(base);
    pg::Session server(selftest::server());
    server.execute("DROP DATABASE " + pg::quote_identifier(after_.conninfo().database));
    server.execute("CREATE DATABASE " + pg::quote_identifier(after_.conninfo().database) + " TEMPLATE " + pg::quote_identifier(before_.conninfo().database));
    pg::Session(after_.conninfo()).execute(migration);
  }
  const pg::ConnInfo& before() const { return before_.conninfo(); }
  const pg::ConnInfo& after() const { return after_.conninfo(); }

 private:
  selftest::ScratchDatabase before_, after_;
};

inline Reconciliation reconciled(const std::string& base, const std::string& migration, const ContentOptions& options = {}) {
  TwoStates states(base, migration);
  return compare_content(states.before(), states.after(), options);
}

}  // namespace prodclone::data
