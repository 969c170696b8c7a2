// Judges a migration history: what is dirty, edited, missing, out of order or without a way back, what the tool itself
// would stay silent about, and the exact command or SQL that puts it right. Pure.
#pragma once

#include <prodclone/checks/finding.hpp>
#include <prodclone/migrations/comparison.hpp>

namespace prodclone::checks {

enum class PendingMeans {
  to_be_rehearsed,  // before the run: a note
  not_applied,      // after the run: it has not done what it was to do
};

struct DirtyMigrationsOptions {
  PendingMeans pending = PendingMeans::to_be_rehearsed;
  Severity missing_down = Severity::warning;
};

Findings dirty_migrations(const migrations::Comparison& comparison, const DirtyMigrationsOptions& options = {});

}  // namespace prodclone::checks
