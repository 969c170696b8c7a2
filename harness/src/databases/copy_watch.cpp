// How far a copy is. On a server that is ours its files tell; elsewhere the pace of the last such copy does.
#include <algorithm>
#include <filesystem>
#include <set>

#include <prodclone/databases/cluster.hpp>

namespace prodclone::databases {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::string phase_of(Use use) {
  switch (use) {
    case Use::migrated: return "copying production";
    case Use::clone: return "copying the clone";
    case Use::fresh: return "copying the fresh template";
    default: return "making a private copy";
  }
}

std::set<fs::path> folders(const fs::path& data) {
  std::set<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(data / "base", error), end; !error && entry != end; entry.increment(error)) found.insert(entry->path());
  return found;
}

// Files come and go while it is read; what cannot be read counts nothing.
std::int64_t size_of(const fs::path& folder) {
  std::int64_t sum = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    const auto size = entry->file_size(gone);
    if (!gone) sum += static_cast<std::int64_t>(size);
  }
  return sum;
}

// The folder that was not there before: the copy's, for the server tells its number only when it is done.
std::int64_t copied_since(const std::set<fs::path>& before, const fs::path& data) {
  for (const auto& folder : folders(data))
    if (!before.contains(folder)) return size_of(folder);
  return 0;
}

}  // namespace

void Cluster::create_copy_watched(CopyStrategy strategy, const std::string& source, const std::string& name, Use use, Bytes size) {
  if (!watch_.progress) return create_copy(strategy, source, name);
  const auto rate = watch_.rate ? watch_.rate(strategy) : std::nullopt;
  const auto before = files_ ? folders(files_->data) : std::set<fs::path>();
  const auto began = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration_cast<milliseconds>(Clock::now() - began); };
  ProgressReport report{.phase = phase_of(use), .total = size.count, .unit = "bytes"};
  watch_.progress(report);
  while_watching([&] { create_copy(strategy, source, name); }, watch_.every, [&] {
    if (files_) report.done = std::clamp(copied_since(before, files_->data), report.done, report.total);
    const bool paced = time_left(report, elapsed()).has_value();
    if (!paced && rate && *rate > 0) {
      const auto left = milliseconds(static_cast<std::int64_t>(static_cast<double>(size.count) / *rate * 1000)) - elapsed();
      if (left.count() > 0) report.left = left;
    }
    watch_.progress(report);
    report.left.reset();
  });
  report.done = report.total;
  watch_.progress(report);
  watch_.progress({});
  const auto took = elapsed();
  if (watch_.learn && took.count() > 0) watch_.learn(strategy, static_cast<double>(size.count) * 1000 / static_cast<double>(took.count()));
}

}  // namespace prodclone::databases
