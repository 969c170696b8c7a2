#include "support/reflink_folder.hpp"

#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <prodclone/process/child.hpp>

namespace prodclone::selftest {

namespace {

namespace fs = std::filesystem;

bool succeeds(std::vector<std::string> arguments) {
  const auto program = process::find_program(arguments.front());
  if (!program) return false;
  arguments.front() = program->string();
  return process::run({.arguments = std::move(arguments)}).succeeded();
}

// In a mount namespace of its own, which goes with the last process in it, however that ends.
bool mount_new(const std::string& file_system, const fs::path& image, const fs::path& where) {
  if (::geteuid() != 0) return false;
  std::ofstream(image).close();
  fs::resize_file(image, std::uintmax_t{1536} << 20);
  const auto made = file_system == "xfs" ? succeeds({"mkfs.xfs", "-q", "-m", "reflink=1", image.string()})
                                         : succeeds({"mkfs." + file_system, "-q", image.string()});
  return made && ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         succeeds({"mount", "-o", "loop", image.string(), where.string()});
}

// Where the first block of a file lies on the disk.
std::uint64_t first_block(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error("cannot open " + file.string());
  alignas(fiemap) std::array<char, sizeof(fiemap) + sizeof(fiemap_extent)> space{};
  auto* map = reinterpret_cast<fiemap*>(space.data());
  map->fm_length = 1;
  map->fm_flags = FIEMAP_FLAG_SYNC;
  map->fm_extent_count = 1;
  const bool known = ::ioctl(descriptor, FS_IOC_FIEMAP, map) == 0 && map->fm_mapped_extents == 1;
  ::close(descriptor);
  fiemap_extent extent{};
  std::memcpy(&extent, space.data() + sizeof(fiemap), sizeof extent);
  return known ? extent.fe_physical : 0;
}

}  // namespace

ReflinkFolder::ReflinkFolder(const std::string& file_system) : path_(folder_ / "disk") {
  const auto open_to_all = fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec;
  fs::permissions(folder_.path(), open_to_all);  // the server's account must get through
  if (const char* given = std::getenv("PRODCLONE_TEST_REFLINK_FOLDER"); given != nullptr && *given != '\0') {
    borrowed_ = true;
    path_ = fs::path(given) / folder_.path().filename();
  }
  fs::create_directories(path_);
  if (!borrowed_) mounted_ = mount_new(file_system, folder_ / "image", path_);
  fs::permissions(path_, open_to_all);
}

ReflinkFolder::~ReflinkFolder() {
  std::error_code error;
  if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  else fs::remove_all(path_, error);
}

bool ReflinkFolder::shares_blocks() const {
  std::ofstream(path_ / "probe") << std::string(1 << 20, 'x');
  const bool shared = succeeds({"cp", "--reflink=always", (path_ / "probe").string(), (path_ / "probe.copy").string()});
  fs::remove(path_ / "probe");
  fs::remove(path_ / "probe.copy");
  return shared;
}

bool begin_with_the_same_blocks(const fs::path& a, const fs::path& b) {
  const auto block = first_block(a);
  return block != 0 && block == first_block(b);
}

}  // namespace prodclone::selftest
