#include <prodclone/pg/reflink.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <prodclone/base/error.hpp>
#include <prodclone/base/files.hpp>
#include <prodclone/base/hash.hpp>

namespace prodclone::pg {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr auto kind = "prodclone/reflinks/1";
constexpr off_t smallest_shared = 64 << 10;

class File {
 public:
  File(const fs::path& path, int flags, mode_t mode = 0) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string name_of_file_system(const fs::path& folder) {
  struct statfs facts {};
  if (::statfs(folder.c_str(), &facts) != 0) return "an unknown file system";
  struct Known {
    unsigned long magic;
    const char* name;
  };
  constexpr std::array known = {Known{0xEF53, "ext4"},      Known{0x58465342, "xfs"},   Known{0x9123683E, "btrfs"},
                                Known{0x01021994, "tmpfs"}, Known{0x794C7630, "overlayfs"}, Known{0x6969, "nfs"},
                                Known{0x2FC12FC1, "zfs"},   Known{0xCA451A4E, "bcachefs"}, Known{0xF2F52010, "f2fs"}};
  const auto magic = static_cast<unsigned long>(facts.f_type) & 0xFFFFFFFFUL;
  for (const auto& one : known)
    if (one.magic == magic) return one.name;
  return fmt::format("file system {:#x}", magic);
}

// Gone from the folder before anything is written: nothing of it stays when we are killed.
class Unnamed {
 public:
  explicit Unnamed(const fs::path& folder) : path_(folder / ("prodclone-probe-" + random_hex(8))), file_(path_, O_RDWR | O_CREAT | O_EXCL, 0600) {
    if (file_.open()) ::unlink(path_.c_str());
  }
  bool open() const { return file_.open(); }
  int get() const { return file_.get(); }

 private:
  fs::path path_;
  File file_;
};

std::string refusal(int error, const std::string& file_system) {
  if (error == EOPNOTSUPP || error == EINVAL || error == ENOTTY || error == EXDEV)
    return file_system + " does not share blocks between files";
  return fmt::format("{} refused to clone a file: {}", file_system, std::strerror(error));
}

dev_t device_of(const fs::path& folder) {
  struct stat facts {};
  return ::stat(folder.c_str(), &facts) == 0 ? facts.st_dev : 0;
}

[[noreturn]] void fail(std::string_view action, const fs::path& path) {
  throw Error(Failure::could_not_check, fmt::format("Cannot {} {}: {}.", action, path.string(), std::strerror(errno)));
}

void copy_bytes(const File& source, const File& target, const fs::path& path) {
  std::array<char, 16 << 10> buffer{};
  while (true) {
    const auto count = ::read(source.get(), buffer.data(), buffer.size());
    if (count < 0) fail("read", path);
    if (count == 0) return;
    if (::write(target.get(), buffer.data(), static_cast<std::size_t>(count)) != count) fail("write a copy of", path);
  }
}

}  // namespace

Reflinks measure_reflinks(const fs::path& folder) {
  Reflinks result{.file_system = name_of_file_system(folder)};
  const Unnamed source(folder), target(folder);
  std::string content;
  while (content.size() < (1U << 20)) content += random_hex(32);
  const auto size = static_cast<ssize_t>(content.size());
  if (!source.open() || !target.open() || ::write(source.get(), content.data(), content.size()) != size) {
    result.reason = fmt::format("cannot write in {}: {}", folder.string(), std::strerror(errno));
    return result;
  }
  const auto began = Clock::now();
  if (::ioctl(target.get(), FICLONE, source.get()) != 0) {
    result.reason = refusal(errno, result.file_system);
    return result;
  }
  result.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  std::string cloned(content.size(), '\0');
  result.work = ::pread(target.get(), cloned.data(), cloned.size(), 0) == size && cloned == content;
  if (!result.work) result.reason = result.file_system + " cloned a file into something else";
  return result;
}

fs::path reflinks_file(const fs::path& home) { return home / "reflinks.json"; }

Reflinks reflinks_of(const fs::path& home, const fs::path& data) {
  const auto device = std::to_string(device_of(data));
  const auto file = reflinks_file(home);
  if (const auto text = read_file_if_present(file)) {
    const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
    // A home may be moved to another disk, or given other binaries' data.
    if (json.is_object() && json.value("schema", "") == kind && json.value("data", "") == data.string() && json.value("device", "") == device)
      return {json.value("work", false), json.value("file_system", ""), json.value("reason", ""),
              std::chrono::microseconds(json.value("took_us", 0))};
  }
  auto measured = measure_reflinks(data);
  const nlohmann::ordered_json json = {{"schema", kind}, {"data", data.string()}, {"device", device}, {"work", measured.work},
                                       {"file_system", measured.file_system}, {"reason", measured.reason},
                                       {"took_us", measured.took.count()}};
  write_file_atomically(file, json.dump(1) + '\n');
  return measured;
}

void clone_file(const fs::path& source, const fs::path& target) {
  const File from(source, O_RDONLY);
  if (!from.open()) fail("open", source);
  struct stat facts {};
  if (::fstat(from.get(), &facts) != 0) fail("look at", source);
  const File to(target, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!to.open()) fail("make", target);
  if (facts.st_uid != ::geteuid() && ::fchown(to.get(), facts.st_uid, facts.st_gid) != 0) fail("give away", target);
  if (::fchmod(to.get(), facts.st_mode & 07777) != 0) fail("set the mode of", target);
  if (facts.st_size < smallest_shared) copy_bytes(from, to, source);
  else if (::ioctl(to.get(), FICLONE, from.get()) != 0) fail("clone", source);
}

}  // namespace prodclone::pg
