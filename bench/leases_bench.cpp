// The book of leases: every test process reads it, every copy changes it, and each change is synced to the disk.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include <prodclone/databases/leases.hpp>

namespace prodclone::databases {
namespace {

class Folder {
 public:
  Folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "prodclone-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void fill(Leases& leases, int things) {
  leases.begin({.id = "run", .owner = process::self(), .what = "bench", .started_at = "2026-04-24T10:00:00Z"});
  for (int i = 0; i < things; ++i) leases.hold(fmt::format("database:d{}", i), "run");
}

void ChangesTheBook(benchmark::State& state) {
  const Folder folder;
  Leases leases(folder.path());
  fill(leases, static_cast<int>(state.range(0)));
  for (auto _ : state) {
    leases.hold("database:one more", "run");
    leases.forget("database:one more");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 2);
}

void FindsItsRun(benchmark::State& state) {
  const Folder folder;
  Leases leases(folder.path());
  fill(leases, static_cast<int>(state.range(0)));
  const auto self = process::self();
  for (auto _ : state) {
    if (!leases.run_of(self)) state.SkipWithError("the run is not in the book");
  }
}

BENCHMARK(ChangesTheBook)->Arg(5)->Arg(200)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(FindsItsRun)->Arg(5)->Arg(200)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace prodclone::databases
