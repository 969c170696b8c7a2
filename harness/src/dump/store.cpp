#include <prodclone/dump/store.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>
#include <prodclone/base/text.hpp>
#include <prodclone/dump/survey.hpp>
#include <prodclone/process/identity.hpp>

namespace prodclone::dump {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view partial_mark = ".partial~";
constexpr std::string_view temporary_mark = ".tmp-";  // write_file_atomically's
constexpr auto others = fs::perms::group_all | fs::perms::others_all;

// Takes others' rights away; the sentence says why it was not possible.
std::optional<std::string> make_private(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (error || fs::is_symlink(status) || (status.permissions() & others) == fs::perms::none) return std::nullopt;
  fs::permissions(path, others, fs::perm_options::remove, error);
  if (!error) return std::nullopt;
  return fmt::format("{} holds production data and others may read it: {}. Run `chmod go= {}`.", path.string(), error.message(), path.string());
}

bool is_partial(const std::string& name) { return name.find(partial_mark) != std::string::npos; }

bool is_aside(const std::string& name) {
  return name.starts_with('.') || name.ends_with(".manifest.json") || is_partial(name) ||
         name.find(temporary_mark) != std::string::npos || name.ends_with(".lock") ||
         (name.starts_with("schema-") && name.ends_with(".sql"));  // the schema check's own files
}

// The writer's identity is the end of the name; "~" stands for the ":" of its text, which some tools trip over.
std::optional<process::Identity> writer_of(const std::string& name) {
  const auto at = name.rfind(partial_mark);
  if (at == std::string::npos) return std::nullopt;
  return process::parse_identity(replaced(name.substr(at + partial_mark.size()), "~", ":"));
}

}  // namespace

DumpStore::DumpStore(fs::path folder, pg::Tools tools) : folder_(std::move(folder)), tools_(std::move(tools)) {
  make_private_directory(folder_);
  const auto check = [this](const fs::path& path) {
    if (auto warning = make_private(path)) warnings_.push_back(*std::move(warning));
  };
  check(folder_);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    check(entry.path());
    if (entry.is_directory() && !entry.is_symlink())
      for (const auto& file : fs::directory_iterator(entry.path())) check(file.path());
  }
}

StoreContents DumpStore::contents() const {
  StoreContents contents;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const auto name = entry.path().filename().string();
    if (is_aside(name)) continue;
    try {
      auto file = recognise(entry.path());
      auto manifest = manifest_of(file, tools_);
      contents.dumps.push_back({std::move(file), std::move(manifest)});
    } catch (const Error& error) {
      contents.ignored.push_back(error.what_failed());
    }
  }
  std::sort(contents.dumps.begin(), contents.dumps.end(), [](const StoredDump& a, const StoredDump& b) {
    if (a.manifest.taken_at != b.manifest.taken_at) return a.manifest.taken_at > b.manifest.taken_at;
    // Times of dumps are in seconds.
    std::error_code gone;
    const auto written_a = fs::last_write_time(a.file.path, gone), written_b = fs::last_write_time(b.file.path, gone);
    return written_a != written_b ? written_a > written_b : a.file.name() < b.file.name();
  });
  std::sort(contents.ignored.begin(), contents.ignored.end());
  return contents;
}

StoredDump DumpStore::latest() const {
  auto found = contents();
  if (!found.dumps.empty()) return std::move(found.dumps.front());
  throw Error(Failure::could_not_check,
              fmt::format("There is no dump in {}.{}", folder_.string(),
                          found.ignored.empty() ? "" : " " + joined(found.ignored, " ")),
              "Take one with `prodclone clone --source NAME`, or put a file made by pg_dump there.");
}

StoredDump DumpStore::latest_of(const std::string& source) const {
  for (auto& dump : contents().dumps)
    if (dump.manifest.source_name == source) return std::move(dump);
  throw Error(Failure::could_not_check, fmt::format("No dump of the source \"{}\" is in {}.", source, folder_.string()),
              fmt::format("Take one with `prodclone clone --source {}`.", source));
}

StoredDump DumpStore::find(const std::string& name_or_path) const {
  if (name_or_path == "latest") return latest();
  auto path = folder_ / name_or_path;
  if (name_or_path.find('/') != std::string::npos || !fs::exists(path)) {
    if (fs::exists(name_or_path)) {
      path = name_or_path;
    } else {
      std::vector<std::string> names;
      for (const auto& entry : fs::directory_iterator(folder_))
        if (const auto name = entry.path().filename().string(); !is_aside(name)) names.push_back(name);
      std::sort(names.begin(), names.end());
      const auto meant = nearest(name_or_path, names);
      throw Error(Failure::could_not_check, fmt::format("There is no dump \"{}\" in {}, nor a file of that path.", name_or_path, folder_.string()),
                  meant ? fmt::format("Did you mean \"{}\"?", *meant)
                        : names.empty() ? "The folder holds none." : fmt::format("The folder holds: {}.", joined(names, ", ")));
    }
  }
  if (is_partial(path.filename().string()))
    throw Error(Failure::could_not_check, fmt::format("{} is a dump that was never finished.", path.string()), "Take it again.");
  auto file = recognise(path);
  auto manifest = manifest_of(file, tools_);
  return {std::move(file), std::move(manifest)};
}

fs::path DumpStore::partial_path(const std::string& name) const {
  return folder_ / (name + std::string(partial_mark) + replaced(process::to_string(process::self()), ":", "~"));
}

StoredDump DumpStore::admit(const fs::path& partial, const std::string& name, Manifest manifest) const {
  const auto path = folder_ / name;
  auto file = recognise(partial);
  make_private(partial);
  manifest.size = file.size;
  manifest.pg_dump_version = file.pg_dump_version;
  manifest.sha256 = sha256_of(partial);
  fs::remove(manifest_path(path));
  // A directory is not replaced by rename.
  if (fs::is_directory(path)) fs::remove_all(path);
  fs::rename(partial, path);
  file.path = path;
  manifest.identity = identity_of(path);
  write_file_atomically(manifest_path(path), to_json(manifest));
  return {std::move(file), std::move(manifest)};
}

std::vector<std::string> DumpStore::remove_leftovers() const {
  std::vector<std::string> removed;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder_)) paths.push_back(entry.path());
  for (const auto& path : paths) {
    const auto name = path.filename().string();
    if (!is_partial(name)) continue;
    const auto writer = writer_of(name);
    if (writer && process::alive(*writer)) continue;
    std::error_code error;
    fs::remove_all(path, error);
    if (error)
      throw Error(Failure::cleanup_incomplete, fmt::format("Cannot remove the unfinished dump {}: {}.", path.string(), error.message()),
                  "It holds production data: remove it.");
    removed.push_back(name.substr(0, name.rfind(partial_mark)));
  }
  std::sort(removed.begin(), removed.end());
  return removed;
}

void DumpStore::remove(const StoredDump& dump) const {
  std::error_code error;
  fs::remove_all(dump.file.path, error);
  if (!error) fs::remove(manifest_path(dump.file.path), error);
  if (error)
    throw Error(Failure::cleanup_incomplete, fmt::format("Cannot remove {}: {}.", dump.file.path.string(), error.message()),
                "It holds production data: remove it.");
}

}  // namespace prodclone::dump
