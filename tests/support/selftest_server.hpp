// The PostgreSQL server that self-tests share: PRODCLONE_TEST_SERVER (the URL of a superuser) where it is set, else one
// embedded server in the build folder, of the major PRODCLONE_TEST_MAJOR where that is set. Under ctest it lives as
// long as the ctest that started it, for a binary run by hand as long as that; killed or not.
#pragma once

#include <string>

#include <prodclone/pg/conninfo.hpp>

namespace prodclone::selftest {

pg::ConnInfo server();  // a superuser, database postgres
int server_major();

// TCP, password, no superuser, with CREATEDB: what a user's own server gives us. One role for each process; it and its
// databases are dropped at the end.
pg::ConnInfo ordinary_role();

// An empty database of its own for one test, dropped with everyone on it.
class ScratchDatabase {
 public:
  ScratchDatabase();
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;
  const pg::ConnInfo& conninfo() const { return conninfo_; }

 private:
  pg::ConnInfo conninfo_;
};

}  // namespace prodclone::selftest
