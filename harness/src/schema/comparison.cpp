#include <prodclone/schema/comparison.hpp>

#include <future>
#include <memory>
#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/driver.hpp>
#include <prodclone/schema/majors.hpp>

#include "catalog_reader.hpp"
#include "picture.hpp"
#include "snapshot_part.hpp"

namespace prodclone::schema {

namespace {

// Below, OIDs are assigned when PostgreSQL is built, the same for all clusters of a major; up to 16384 when a cluster
// is made, the same for all its databases.
constexpr std::uint32_t first_of_cluster = 12000, first_of_users = 16384;

// Where more than this is apart, whole snapshots cost less than parts and their conditions.
constexpr double most_to_read_apart = 0.3;

class Side {
 public:
  Side(const pg::ConnInfo& info, const SnapshotOptions& options, const std::filesystem::path& kept)
      : info_(info), options_(options), driver_(info) {
    if (!kept.empty()) memory_.emplace(kept);
    driver_.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + reading_settings(options));
  }

  Picture picture(std::uint32_t first_oid) {
    return doing("reading the catalogs of database " + info_.database, [&] {
      return take_picture(driver_, first_oid, memory_ ? &*memory_ : nullptr);
    });
  }
  Snapshot objects(const std::vector<Member>* members) {
    return doing("reading the schema of database " + info_.database, [&] { return take_part(driver_, members, options_); });
  }
  bool remembered() const { return memory_ && memory_->remembered(); }
  // The next comparison is only slower where this fails.
  void keep() {
    try {
      if (memory_) memory_->keep(driver_);
    } catch (const Error&) {
    }
  }
  int server_version() const { return driver_.server_version(); }

 private:
  const pg::ConnInfo& info_;
  const SnapshotOptions& options_;
  pg::Driver driver_;
  std::optional<CatalogMemory> memory_;
};

}  // namespace

Compared compare_databases(const pg::ConnInfo& a, const pg::ConnInfo& b, const SnapshotOptions& options,
                           const DiffOptions& diff_options, const KeptIn& kept) {
  const auto first_oid = a.host == b.host && a.port == b.port ? first_of_users : first_of_cluster;
  const auto connected = [&](const pg::ConnInfo& info, const std::filesystem::path& file) { return std::make_unique<Side>(info, options, file); };
  auto connecting = std::async(std::launch::async, connected, std::cref(b), std::cref(kept.b));
  const auto one = connected(a, kept.a), two = connecting.get();
  Compared result{.server_version_a = one->server_version(), .server_version_b = two->server_version()};
  require_comparable(a.database, result.server_version_a, b.database, result.server_version_b);
  const auto compare_objects = [&](const std::vector<Member>* of_a, const std::vector<Member>* of_b) {
    auto objects_b = std::async(std::launch::async, [&] { return two->objects(of_b); });
    const auto objects_a = one->objects(of_a), others = objects_b.get();
    result.differences = diff(objects_a, others, diff_options);
    return objects_a.objects.size() + others.objects.size();
  };
  // Digests tell equal from equal on one major only.
  if (result.server_version_a / 10000 != result.server_version_b / 10000) {
    result.units = result.read = compare_objects(nullptr, nullptr);
    return result;
  }
  auto picturing = std::async(std::launch::async, [&] { return two->picture(first_oid); });
  const auto picture_a = one->picture(first_oid), picture_b = picturing.get();
  result.remembered_a = one->remembered();
  result.remembered_b = two->remembered();
  // Large objects are as many as there are files in them: no picture has them.
  const bool comparable = of_one_context(picture_a, picture_b) && !options.large_objects;
  const auto parts = apart(picture_a, picture_b, diff_options.owners || diff_options.privileges);
  result.units = picture_a.units.size() + picture_b.units.size();
  result.read = comparable ? parts.units : result.units;
  if (!comparable || parts.units > 0) {
    const bool whole = !comparable || static_cast<double>(parts.units) > most_to_read_apart * static_cast<double>(result.units) / 2;
    compare_objects(whole ? nullptr : &parts.a, whole ? nullptr : &parts.b);
  }
  two->keep();
  one->keep();
  return result;
}

}  // namespace prodclone::schema
