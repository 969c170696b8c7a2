// A private copy for one check, dropped when the check is done with it.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <utility>

#include <prodclone/workflow/provisioning.hpp>

namespace prodclone::workflow {

class Borrowed {
 public:
  Borrowed(Provisioning& provisioning, pg::ConnInfo database) : provisioning_(provisioning), database_(std::move(database)) {}
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {
    try {
      provisioning_.drop(database_.database);
    } catch (const std::exception& error) {
      // It is leased: the end of the run drops it.
      fmt::print(stderr, "prodclone: could not drop {} yet: {}\n", database_.database, error.what());
    }
  }
  const pg::ConnInfo& database() const { return database_; }

 private:
  Provisioning& provisioning_;
  pg::ConnInfo database_;
};

}  // namespace prodclone::workflow
