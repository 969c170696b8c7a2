#include <prodclone/schema/comparison.hpp>

#include <fmt/format.h>

#include <future>
#include <memory>
#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/pg/driver.hpp>

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
  struct Read {
    std::unique_ptr<Side> side;
    Picture picture;
  };
  const auto read = [&](const pg::ConnInfo& info, const std::filesystem::path& file) {
    Read one{.side = std::make_unique<Side>(info, options, file), .picture = {}};
    one.picture = one.side->picture(first_oid);
    return one;
  };
  auto other = std::async(std::launch::async, read, std::cref(b), std::cref(kept.b));
  auto one = read(a, kept.a);
  auto two = other.get();

  const int major_a = one.side->server_version() / 10000, major_b = two.side->server_version() / 10000;
  if (major_a != major_b)
    throw Error(Failure::could_not_check,
                fmt::format("Database {} is on PostgreSQL {} and {} on {}: they print the same definition differently.",
                            a.database, major_a, b.database, major_b),
                "Compare on the same major: give a dump of one side, it is loaded beside the other.");
  Compared result{.server_version_a = one.side->server_version(), .server_version_b = two.side->server_version(),
                  .remembered_a = one.side->remembered(), .remembered_b = two.side->remembered()};
  // Large objects are as many as there are files in them: no picture has them.
  const bool comparable = of_one_context(one.picture, two.picture) && !options.large_objects;
  const auto parts = apart(one.picture, two.picture, diff_options.owners || diff_options.privileges);
  result.units = one.picture.units.size() + two.picture.units.size();
  result.read = comparable ? parts.units : result.units;
  if (!comparable || parts.units > 0) {
    const bool whole = !comparable || static_cast<double>(parts.units) > most_to_read_apart * static_cast<double>(result.units) / 2;
    auto objects_b = std::async(std::launch::async, [&] { return two.side->objects(whole ? nullptr : &parts.b); });
    const auto objects_a = one.side->objects(whole ? nullptr : &parts.a);
    result.differences = diff(objects_a, objects_b.get(), diff_options);
  }
  two.side->keep();
  one.side->keep();
  return result;
}

}  // namespace prodclone::schema
