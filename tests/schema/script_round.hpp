// There and back by a script, within the caller's transaction.
#pragma once

#include <string>

#include <prodclone/pg/session.hpp>
#include <prodclone/schema/diff.hpp>
#include <prodclone/schema/snapshot.hpp>

namespace prodclone::schema {

class Round {
 public:
  Round(pg::Session& session, const DiffOptions& compared, const SnapshotOptions& read) : session_(session), compared_(compared), read_(read) {}

  // Empty when nothing differs afterwards; else what is not expressed, what failed, or what is left.
  std::string go(const Snapshot& now, const Snapshot& target);

 private:
  pg::Session& session_;
  const DiffOptions compared_;
  const SnapshotOptions read_;
};

}  // namespace prodclone::schema
